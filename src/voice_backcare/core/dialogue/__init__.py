"""The triage and the home care, as pure functions over frozen state."""
