"""How one network, or several side by side, are trained: generators of plain numbers."""
