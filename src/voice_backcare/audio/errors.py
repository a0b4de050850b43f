"""What can be missing for a spoken conversation; each says in one sentence what to do."""

from __future__ import annotations


class SpeechError(Exception):
    """A conversation by voice cannot work; ``str()`` is the sentence for the user."""


class NoModel(SpeechError):
    """The speech model is missing or damaged."""


class NoMicrophone(SpeechError):
    """There is no microphone, or none of the name that was given."""


class NoLoudspeaker(SpeechError):
    """There is no loudspeaker, or none of the name that was given."""


class DeviceBusy(SpeechError):
    """Another program holds the microphone or the loudspeaker."""


class NoPortAudio(SpeechError):
    """The PortAudio library is not installed."""


class NoVoice(SpeechError):
    """The espeak-ng library is not installed, or cannot speak."""
