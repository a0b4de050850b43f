"""The ears (speech input): endpointing, and which utterance counts."""
