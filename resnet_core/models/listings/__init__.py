"""The four documents' own networks as published, and what is wrong in them."""
