"""Why an answer came out: a walk through the network, maps, lesions and times, with no hook on it."""
