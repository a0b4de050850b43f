"""The ways in and out that are not this machine's voice: assistants that people already own."""
