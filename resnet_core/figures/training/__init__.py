"""Figures of races and recorded trainings."""
