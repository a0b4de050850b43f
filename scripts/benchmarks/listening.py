"""What an hour of household noise, of other people's words and of the program's own voice is taken for.

    scripts/bench listening [--minutes 60] [--only noise|talk|voice]

Twice: in whole conversations, one after the other, as the program would listen; and, harder than it ever happens, with
the ears open for the answer to a question all the time, every single utterance an answer if it sounds like one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.clips import CHECKOUT, RATE_HZ, frames_of, noise, noise_names, rms, words_of_others
from benchmarks.simulated_room import converse
from benchmarks.stream import Heard, Hearing
from voice_backcare.audio.output.mouth import DEFAULT_RATE_WPM
from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import content, conversation

_GAINS_DB = (0.0, -10.0, 10.0)  # as recorded, farther away, near by
_VOICE_DBFS = -20.0
_PAUSE_S = 0.7
_LONGEST_S = 9.0  # D4
_FRAME_S = 0.02


def household() -> Iterator[np.ndarray]:
    """The noises one after another, in three loudnesses."""
    names = noise_names()
    for turn in count():
        gain_db = _GAINS_DB[turn // len(names) % len(_GAINS_DB)]
        yield np.clip(noise(names[turn % len(names)]) * np.float32(10 ** (gain_db / 20)), -1, 1)


def talk() -> Iterator[np.ndarray]:
    """Words that are no answer, by hundreds of people, each recording once, then all again in another order."""
    yield from words_of_others()


def own_voice() -> Iterator[np.ndarray]:
    """Every line of the program, as it says them, with pauses: as if it came from another one in the next room."""
    lines = [line.text for line in conversation.build(content.load()).prompts.ahead()]
    voice = Synthesiser()
    pause = np.zeros(round(_PAUSE_S * RATE_HZ), np.float32)
    try:
        with tempfile.TemporaryDirectory() as folder:
            prompts = PromptCache(voice, Path(folder))
            for turn in count():
                line = prompts.sound(lines[turn % len(lines)], DEFAULT_RATE_WPM).at_rate(RATE_HZ)
                samples = line.samples.astype(np.float32) / 32768
                yield np.concatenate([samples * np.float32(10 ** (_VOICE_DBFS / 20) / max(1e-6, rms(samples))), pause])
    finally:
        voice.close()


SOURCES: dict[str, Callable[[], Iterator[np.ndarray]]] = {"noise": household, "talk": talk, "voice": own_voice}


def frames(pieces: Iterator[np.ndarray], seconds: float) -> Iterator[bytes]:
    left = round(seconds / _FRAME_S)
    for piece in pieces:
        for frame in frames_of(piece):
            if left <= 0:
                return
            yield frame
            left -= 1


def figures(heard: list[Heard], seconds: float) -> dict[str, object]:
    meanings = Counter(one.meaning for one in heard)
    acted = [one for one in heard if one.meaning != "no_match"]
    return {
        "hours": seconds / 3600,
        "utterances": len(heard),
        "false_no": meanings["no"],
        "false_yes": meanings["yes"],
        "acted": dict(Counter(one.meaning for one in acted).most_common()),
        "cut_at_nine_seconds": sum(one.speech_end_s - one.started_s > _LONGEST_S - 0.3 for one in heard),
        "longest_utterance_s": round(max((one.speech_end_s - one.started_s for one in heard), default=0.0), 2),
        "what_acted": [f"{one.started_s:.1f} s: {one.meaning} ({one.text})" for one in acted],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0, help="of each kind of sound")
    parser.add_argument("--only", choices=SOURCES)
    parser.add_argument("--json", type=Path, default=CHECKOUT / "test-output" / "bench-listening.json")
    options = parser.parse_args()
    seconds, results = options.minutes * 60, {}
    for name, source in SOURCES.items():
        if options.only in (None, name):
            hearing = Hearing()
            heard = list(hearing.listen(frames(source(), seconds)))
            results[name] = figures(heard, seconds)
            # One utterance may be going on where the sound ends; every other one must have come to an end.
            assert hearing.started - len(heard) <= hearing.endpointer.speaking
            nobody = converse(frames(source(), seconds))
            results[name]["conversations"] = {
                "ended": nobody.conversations,
                "outcomes": dict(nobody.outcomes),
                "events": dict(nobody.heard.most_common()),
                "longest_wait_for_an_utterance_s": round(nobody.longest_s, 2),
            }
            print(name, json.dumps(results[name], indent=1), flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
