"""What can be missing for a spoken conversation; each says in one sentence what to do."""

from __future__ import annotations


class SpeechError(Exception):
    """A conversation by voice cannot work; ``str()`` is the sentence for the user."""

    exit_code = 10


class NoModel(SpeechError):
    """The speech model is missing or damaged."""

    exit_code = 11


class NoMicrophone(SpeechError):
    """There is no microphone, or none of the name that was given."""

    exit_code = 12


class NoLoudspeaker(SpeechError):
    """There is no loudspeaker, or none of the name that was given."""

    exit_code = 13


class DeviceBusy(SpeechError):
    """Another program holds the microphone or the loudspeaker."""

    exit_code = 14


class NoPortAudio(SpeechError):
    """The PortAudio library is not installed."""

    exit_code = 15


class NoVoice(SpeechError):
    """The espeak-ng library is not installed, or cannot speak."""

    exit_code = 16
