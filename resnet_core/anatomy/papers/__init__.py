"""Figures as published, each with its source."""
