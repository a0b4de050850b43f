"""An hour of ice, coached in real time: the real voice and recogniser, a virtual microphone and loudspeaker.

    PYTHONPATH=src:tests/support python scripts/soak/coach_an_hour.py [--output docs/evidence/coached-hour.md]

Takes an hour. A person answers with recordings: "yes" and "no" are other people's, the rest is synthesised. Writes what
the screen showed, when, and whether each word came over the loudspeaker.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import audio_rig
from talker import LISTENING, clear_clips

from voice_backcare.audio.synthesis.worker_voice import Synthesiser

KEEP_PIECES = 2_000  # some seconds of sound are enough to hear that there was some
SPOKEN = {"okay": "okay", "left": "how long is left"}
TONE_S = 0.35
AGAIN_S = 1.5
HEAD = """# An hour of ice, in real time

Made by `scripts/soak/coach_an_hour.py`: the real `voice-backcare coach ice`, by voice, over a virtual microphone and
loudspeaker.
The first column is the time since its start; `>` is what it understood; `said` marks what a person answered with.

"""


@dataclass
class Person:
    """Answers what is on the screen; asks once how long is left."""

    clips: dict[str, Path]
    asked: bool = False
    offs: int = field(default=0)

    def answer(self, shown: str) -> str | None:
        if "wrapped" in shown:
            return "yes"
        if "Has anything changed" in shown or "Shall we go on" in shown:
            return "no"
        if "Say okay" in shown:
            self.offs += 1
            return None if self.offs == 1 else "okay"  # the first "off" is not acknowledged at once
        if "Halfway" in shown and not self.asked:
            self.asked = True
            return "left"
        return None


def clips(folder: Path) -> dict[str, Path]:
    human = audio_rig.human_audio()
    found = {label: next(clear_clips(human, label)) for label in ("yes", "no")}
    voice = Synthesiser("gmw/en-us")
    for name, text in SPOKEN.items():
        found[name] = folder / f"{name}.wav"
        voice.synthesise(text, found[name], rate_wpm=150)
    voice.close()
    return found


def coach(rig: audio_rig.Rig, folder: Path) -> list[str]:
    """The rows of the transcript."""
    person = Person(clips(folder))
    heard = rig.record()
    heard._pieces = deque(maxlen=KEEP_PIECES)  # type: ignore[assignment]
    environment = rig.environment | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    for name in ("CACHE", "CONFIG", "STATE"):
        environment[f"XDG_{name}_HOME"] = str(folder / name)
    environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    rows, since = [], []
    said: str | None = None
    began_s = time.monotonic()

    def row(text: str) -> None:
        at_s = time.monotonic() - began_s
        rows.append(f"{int(at_s) // 60:02d}:{at_s % 60:04.1f}  {text}")
        print(rows[-1], flush=True)

    command = [sys.executable, "-m", "voice_backcare", "coach", "ice"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            text = line.strip()
            if not text:
                continue
            came_s = time.monotonic()
            row(text)
            since.append(text)
            if "(not understood)" in text and said:
                time.sleep(AGAIN_S)  # the ears open again without a tone
            elif LISTENING not in text:
                continue
            elif said := person.answer(" ".join(since)):
                tone_s = heard.wait_for_sound(came_s, within_s=10)
                time.sleep(max(0.0, tone_s + TONE_S - time.monotonic()))
            if said:
                rig.speak(person.clips[said])
                row(f"said {SPOKEN.get(said, said)!r}")
            since.clear()
        status = process.wait()
    row(f"ended with status {status}; the last sound {time.monotonic() - heard.last_sound_s():.1f} s before")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("docs/evidence/coached-hour.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, audio_rig.rig() as rig:
        rows = coach(rig, Path(folder))
    options.output.write_text(HEAD + "```\n" + "\n".join(rows) + "\n```\n", encoding="utf-8")


if __name__ == "__main__":
    main()
