"""Formats of sound: samples, sample rates, frames, audio files."""
