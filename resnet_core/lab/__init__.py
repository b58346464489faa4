"""Experiments: data, training runs, races."""
