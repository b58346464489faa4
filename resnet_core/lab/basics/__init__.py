"""What one needs before networks: a filter, a channel, a norm, in numbers that can be followed by hand."""
