"""What to train: recipes as data."""
