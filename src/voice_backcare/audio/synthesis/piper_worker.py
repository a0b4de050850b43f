"""Worker process for Piper, with the protocol of ``espeak_worker``.

Run as ``python -m voice_backcare.audio.synthesis.piper_worker MODEL``. Piper is GPL-3.0-or-later: nothing of it is
loaded into the program, which only starts this process and reads the files that it writes.
"""

from __future__ import annotations

import sys
import wave
from pathlib import Path
from typing import Any

from voice_backcare.audio.synthesis.espeak_worker import Speak, run

_USUAL_RATE_WPM = 180  # rate of the voice joe at length_scale 1, measured over the program's own lines
# Without random phoneme lengths a line takes the same time each time, so that a rate can be kept.
_CHANCE_IN_LENGTH = 0.0


def _open() -> Speak:
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(sys.argv[1])

    def speak(job: dict[str, Any]) -> None:
        config = SynthesisConfig(
            length_scale=_USUAL_RATE_WPM / int(job["rate_wpm"]), noise_w_scale=_CHANCE_IN_LENGTH
        )  # fmt: skip
        with Path(job["path"]).open("wb") as stream, wave.open(stream, "wb") as file:
            voice.synthesize_wav(job["text"], file, syn_config=config)

    return speak


if __name__ == "__main__":
    run(_open)
