"""Long runs: simulated visitors at the kiosk with injected faults, ten thousand utterances, an hour with the coach."""
