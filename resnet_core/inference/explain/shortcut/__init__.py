"""What the addition of a block does: its terms, its gradient, its branch scaled, and all blocks beside each other."""
