"""The same pass by arithmetic alone."""
