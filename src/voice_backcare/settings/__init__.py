"""Settings: their keys, kinds and file, and the command-line options made from them."""
