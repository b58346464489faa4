"""A spec as standalone PyTorch code."""
