"""Facts of the machine that several rooms need: clocks, folders, complete writing of files."""
