"""Microphone, loudspeaker, mixer and signal level, through PortAudio and ALSA."""
