"""From the microphone to words (speech recognition), and from lines to the loudspeaker (speech synthesis)."""
