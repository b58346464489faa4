"""What one needs before networks, drawn."""
