"""The settings: their keys, kinds and file, and the options of the command line that come from them."""
