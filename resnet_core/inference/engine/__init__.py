"""How a forward pass runs on this machine: the ways, their order, and the networks made ready for them."""
