"""Figures of a photo, its answer and what the network made of it."""
