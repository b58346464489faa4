"""Where weights come from: bundled, published, or files of yours; fetched, read and checked."""
