"""Microphone, endpointer, recogniser, synthesiser, loudspeaker and the model they need."""
