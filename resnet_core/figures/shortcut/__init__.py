"""What an addition does, drawn: maps on one scale, numbers that add up, shares of a gradient on one axis."""
