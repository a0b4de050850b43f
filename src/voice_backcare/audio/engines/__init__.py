"""Speech engines: the interface of recognisers and voices, those that ship, and the registry of those installed."""
