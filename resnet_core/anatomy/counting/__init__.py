"""THE counting rules, and the records that they fill."""
