"""The speech model: its table of digests, its sources, how it is unpacked and checked."""
