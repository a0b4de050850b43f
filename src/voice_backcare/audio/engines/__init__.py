"""Speech engines: what a recogniser and a voice must offer, and the registry of those that are installed."""
