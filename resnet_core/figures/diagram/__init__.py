"""The drawing of a network at three levels."""
