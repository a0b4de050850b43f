"""Engines that are extras: a test that wants one is skipped, visibly, where it is not installed."""

from __future__ import annotations

from audio_rig import skip_or_fail

from voice_backcare.audio.engines.registry import (
    RecogniserEngine,
    UnknownEngine,
    VoiceEngine,
    recogniser_engine,
    voice_engine,
)


def recogniser(name: str) -> RecogniserEngine:
    try:
        return recogniser_engine(name)
    except UnknownEngine as error:
        skip_or_fail(str(error))
        raise


def voice(name: str) -> VoiceEngine:
    try:
        return voice_engine(name)
    except UnknownEngine as error:
        skip_or_fail(str(error))
        raise
