"""What to train on: data sets, folders, and batches as a pure function of the step."""
