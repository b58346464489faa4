"""What the experiments on why it works have measured."""
