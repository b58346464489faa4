"""The networks as data: specs, blocks, weights."""
