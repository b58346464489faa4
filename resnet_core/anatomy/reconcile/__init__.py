"""Where a count comes from that someone read elsewhere."""
