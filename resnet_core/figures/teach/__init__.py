"""What is drawn of classes of one's own: their photos, which were called what, and what their features are worth."""
