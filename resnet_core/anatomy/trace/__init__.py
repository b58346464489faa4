"""One real pass through a network under forward hooks."""
