"""Runs that are asked for, run, kept, recorded and compared."""
