"""Small facts of the machine: clocks, folders, files written whole."""
