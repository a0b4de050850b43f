"""Voices: worker processes that turn a line into a WAV file."""
