"""Errors of sound and speech; the text of each is one sentence that says what to do."""

from __future__ import annotations


class SpeechError(Exception):
    """Error: a conversation by voice is impossible; ``str()`` is the sentence for the user."""


class NoModel(SpeechError):
    """Error: the speech model is missing or damaged."""


class NoMicrophone(SpeechError):
    """Error: there is no microphone, or none of the given name."""


class NoLoudspeaker(SpeechError):
    """Error: there is no loudspeaker, or none of the given name."""


class DeviceBusy(SpeechError):
    """Error: another program uses the microphone or the loudspeaker."""


class NoPortAudio(SpeechError):
    """Error: the PortAudio library is not installed."""


class BrokenSoundSystem(NoPortAudio):
    """The library is there, but the sound system under it cannot start, most often for its settings."""


class NoVoice(SpeechError):
    """Error: the espeak-ng library, or the voice that is set, is missing or cannot speak."""
