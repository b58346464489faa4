"""The course of five notebooks: its questions, its first cell, and notebooks that pages write."""
