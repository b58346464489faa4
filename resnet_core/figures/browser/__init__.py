"""What a visitor's browser needs to run a network itself."""
