"""How fast a spoken conversation is, through a virtual microphone and loudspeaker, with human answers.

Prints a table and writes JSON: end of speech to decision (file time and real time), end of speech to the first
sound of the next prompt, start to the 911 instruction where the first answer is yes, peak memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from audio_rig import Recording, Rig, human_audio
from talker import Talker, clear_clips
from voice_backcare import grammar
from voice_backcare.speech import model
from voice_backcare.speech.hearing import hear_file
from voice_backcare.speech.recogniser import VoskRecogniser

AIMS = {
    "decision_file_s": 0.35,
    "decision_real_s": 0.35,
    "next_prompt_s": 0.5,
    "greeting_s": 2.5,
    "to_911_s": 12.0,
    "peak_memory_mb": 300.0,
}


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def decision_in_file_time(clips: list[Path]) -> list[float]:
    words = grammar.load()
    recogniser = VoskRecogniser(model.ready(), words.phrases, words.decoys, words.match)
    results = [hear_file(clip, recogniser, words.match) for clip in clips]
    return [float(r["decided_s"]) - float(r["speech_end_s"]) for r in results if r.get("meaning") in ("yes", "no")]


def microphone_recording(rig: Rig) -> Recording:
    """What really arrives at the microphone, and when."""
    command = ["parec", "--latency-msec=10", "-d", "virtmic.monitor", "--format=s16le", "--rate=48000", "--channels=2"]
    return Recording(command, rig.microphone.environment)


def speech_ends(
    microphone: Recording, talker: Talker, words: grammar.Grammar, recogniser: VoskRecogniser
) -> list[float]:
    """When (``time.monotonic``) the speech of each answer ended: its arrival plus where it ends in its file."""
    ends = []
    for began_s, clip in talker.spoken:
        arrived_s = microphone.first_sound_s(began_s, threshold=1)
        result = hear_file(clip, recogniser, words.match)
        if arrived_s is not None:
            ends.append(arrived_s + float(result.get("speech_end_s", 0.0)))
    return ends


def conversations(rig: Rig, cache: Path, turns: int) -> tuple[list[float], list[float], int]:
    """Real times from end of speech to decision and to the next sound, over ``turns`` human "no"s."""
    words = grammar.load()
    recogniser = VoskRecogniser(model.ready(), words.phrases, words.decoys, words.match)
    no, yes = clear_clips(human_audio(), "no"), clear_clips(human_audio(), "yes")
    loudspeaker, microphone = rig.record(), microphone_recording(rig)
    talker = Talker(rig, loudspeaker, cache)

    def answer(screen: str) -> Path | None:
        if len(talker.spoken) >= turns:
            return None
        return next(yes if "Is that right" in screen or "Say yes if" in screen else no)

    talker.run(answer)
    decided = [line.at_s for line in talker.screen if line.text.startswith("> ")]
    decisions, sounds = [], []
    for end_s in speech_ends(microphone, talker, words, recogniser):
        after = [at_s for at_s in decided if at_s > end_s]
        if not after or after[0] - end_s > 3:
            continue
        sound_s = loudspeaker.first_sound_s(end_s)
        decisions.append(after[0] - end_s)
        if sound_s is not None:
            sounds.append(sound_s - end_s)
    loudspeaker.stop()
    microphone.stop()
    return decisions, sounds, talker.peak_memory_kb


def time_to_911(rig: Rig, cache: Path) -> tuple[float, float]:
    """From the start of the process to its first sound, and to the 911 instruction, where the first answer is yes."""
    yes = clear_clips(human_audio(), "yes")
    recording = rig.record()
    talker = Talker(rig, recording, cache)
    instructed: list[float] = []

    def answer(screen: str) -> Path | None:
        return None if "911" in screen else next(yes)

    talker.run(answer)
    shown_s = next(line.at_s for line in talker.screen if line.text.startswith("Call 911 now"))
    instructed.append(recording.first_sound_s(shown_s) or shown_s)
    greeted_s = recording.first_sound_s(talker.started_s) or 0.0
    recording.stop()
    return greeted_s - talker.started_s, instructed[0] - talker.started_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=18, help="spoken answers to measure (default: 18)")
    parser.add_argument(
        "--json", type=Path, default=Path("test-output/bench-talk.json"), help="where to write the figures"
    )
    options = parser.parse_args()
    audio = human_audio()
    clips = [next(source) for source in (clear_clips(audio, "yes"), clear_clips(audio, "no")) for _ in range(50)]
    in_file = decision_in_file_time(list(dict.fromkeys(clips)))
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        try:
            rig.await_start()
            cache = Path(folder) / "cache"
            time_to_911(rig, cache)  # fills the cache
            greeting_s, to_911_s = time_to_911(rig, cache)
            decisions, sounds, peak_kb = conversations(rig, cache, options.turns)
        finally:
            rig.close()
    rows = {
        "decision_file_s": (statistics.median(in_file), percentile(in_file, 0.95)),
        "decision_real_s": (statistics.median(decisions), percentile(decisions, 0.95)),
        "next_prompt_s": (statistics.median(sounds), percentile(sounds, 0.95)),
        "greeting_s": (greeting_s, greeting_s),
        "to_911_s": (to_911_s, to_911_s),
        "peak_memory_mb": (peak_kb / 1024, peak_kb / 1024),
    }
    print(f"{'figure':<18}{'median':>9}{'p95':>9}{'aim':>9}")
    for name, (median, p95) in rows.items():
        print(f"{name:<18}{median:>9.2f}{p95:>9.2f}{AIMS[name]:>9.2f}")
    print(f"{len(in_file)} files, {len(decisions)} spoken answers")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    figures = {name: {"median": median, "p95": p95, "aim": AIMS[name]} for name, (median, p95) in rows.items()}
    options.json.write_text(json.dumps(figures | {"measured_at": time.strftime("%Y-%m-%d")}, indent=1) + "\n")


if __name__ == "__main__":
    main()
