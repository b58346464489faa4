"""Benchmarks: ours and its peers, in turn, in one run. They measure and print; they assert nothing."""
