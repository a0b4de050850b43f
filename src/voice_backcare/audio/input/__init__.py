"""Speech input: endpointing, and the decision which utterance counts."""
