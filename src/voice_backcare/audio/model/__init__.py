"""The speech model: its table of digests, where it comes from, how it is unpacked and checked."""
