"""Description of the service, sent when a client asks for it (``Describe``)."""

from __future__ import annotations

from wyoming.info import AsrModel, AsrProgram, Attribution, HandleModel, HandleProgram, Info

from voice_backcare import __version__

_OURS = Attribution("voice_backcare", "")
_VOSK = Attribution("Alpha Cephei", "https://alphacephei.com/vosk/")
_ABOUT = "Red-flag questions and home care for a child's back spasm. A guide, not a doctor."


def info(*, hears: bool) -> Info:
    """The description: a ``handle`` program, and an ``asr`` program where there is a speech model (``hears``)."""
    handle = HandleProgram(
        name="voice_backcare",
        attribution=_OURS,
        installed=True,
        description=_ABOUT,
        version=__version__,
        models=[
            HandleModel(
                name="back-spasm",
                attribution=_OURS,
                installed=True,
                description=_ABOUT,
                version=__version__,
                languages=["en"],
            )
        ],
    )
    asr = AsrProgram(
        name="voice_backcare",
        attribution=_OURS,
        installed=True,
        description="Hears what can be answered to this program, and nothing else.",
        version=__version__,
        models=[
            AsrModel(
                name="answers",
                attribution=_VOSK,
                installed=True,
                description="vosk-model-small-en-us-0.15, bound to the phrases of the question",
                version="0.15",
                languages=["en"],
            )
        ],
        prefers_auto_gain_enabled=False,
        prefers_noise_reduction_enabled=False,
    )
    return Info(asr=[asr] if hears else [], handle=[handle])
