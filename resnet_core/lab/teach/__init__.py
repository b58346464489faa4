"""Transfer: a new head on a trained network, from a few photos of a few classes."""
