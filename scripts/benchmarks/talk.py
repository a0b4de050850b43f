"""How fast a spoken conversation is, through a virtual microphone and loudspeaker, with human answers.

Prints a table and writes JSON: end of speech to decision (file time and real time), end of speech to the first
sound of the next prompt, start to the 911 instruction where the first answer is yes, idle processor time, peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import soxr
from audio_rig import SPK_RATE_HZ, Recording, Rig, human_audio
from talker import Talker, clear_clips

from voice_backcare.audio.formats.frames import FRAME_SAMPLES
from voice_backcare.audio.input.endpointer import Endpointer, EndpointerSettings
from voice_backcare.audio.input.file_recognition import hear_file
from voice_backcare.audio.model import store
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.core import grammar
from voice_backcare.session.ports import RATE_HZ

AIMS = {
    "decision_file_s": (0.30, 0.40),
    "decision_real_s": (0.30, 0.40),
    "next_prompt_s": (0.40, None),
    "greeting_s": (2.5, None),
    "to_911_s": (12.0, None),
    "idle_cpu_percent": (5.0, None),
    "peak_memory_mb": (250.0, None),
}
_ANSWER_S = 4.0  # from the beginning of an answer to its end, at most
_LATE_S = 3.0  # a decision later than this belongs to something else
_HANGOVER_S = EndpointerSettings().hangover_s  # no decision is there sooner: what ended later is something else
_SHIFT_SAMPLES = 40  # 2.5 ms
_SETTLING_S = 0.5
_IDLE_S = 5.0  # the first question waits for six seconds


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def decision_in_file_time(clips: list[Path]) -> list[float]:
    words = grammar.load()
    recogniser = VoskRecogniser(store.ready(), words)
    results = [hear_file(clip, recogniser) for clip in clips]
    return [float(r["decided_s"]) - float(r["speech_end_s"]) for r in results if r.get("meaning") in ("yes", "no")]


def microphone_recording(rig: Rig) -> Recording:
    """What really arrives at the microphone, and when."""
    command = ["parec", "--latency-msec=10", "-d", "virtmic.monitor", "--format=s16le", "--rate=48000", "--channels=2"]
    return Recording(command, rig.microphone.environment)


def speech_ends(microphone: Recording, answers_s: list[float]) -> list[float]:
    """When (``time.monotonic``) somebody may have stopped speaking, in order: the program's own endpointer over what
    arrived, so that the end of speech is the same thing here and in file time. It depends on where a frame begins,
    where a word dies away, and where the program's frames began is not known: so it is asked for every beginning.
    Only utterances that ``answers_s`` began."""
    sound = soxr.resample(microphone.samples(), SPK_RATE_HZ, RATE_HZ)
    ends = []
    for first in range(0, FRAME_SAMPLES, _SHIFT_SAMPLES):
        endpointer = Endpointer()
        for at in range(first, len(sound) - FRAME_SAMPLES, FRAME_SAMPLES):
            if endpointer.feed(sound[at : at + FRAME_SAMPLES].tobytes()) == "ended":
                end_s = endpointer.speech_end_s + first / RATE_HZ
                ends.append(microphone.arrived_s(round(end_s * SPK_RATE_HZ)))
    return sorted(end_s for end_s in ends if any(began_s < end_s < began_s + _ANSWER_S for began_s in answers_s))


def conversation(
    rig: Rig, cache: Path, turns: int, clips: dict[str, Iterator[Path]]
) -> tuple[list[float], list[float], int]:
    """Real times from end of speech to decision and to the next sound, over ``turns`` human "no"s."""
    loudspeaker, microphone = rig.record(), microphone_recording(rig)
    talker = Talker(rig, loudspeaker, cache)

    def answer(screen: str) -> Path | None:
        if len(talker.spoken) >= turns:
            return None
        return next(clips["yes" if "Is that right" in screen or "Say yes if" in screen else "no"])

    talker.run(answer)
    ends = speech_ends(microphone, [began_s for began_s, _ in talker.spoken])
    decisions, sounds = [], []
    for line in talker.screen:
        before = [end_s for end_s in ends if _HANGOVER_S <= line.at_s - end_s < _LATE_S]
        if not line.text.startswith("> ") or not before:
            continue
        sound_s = loudspeaker.first_sound_s(line.at_s)
        decisions.append(line.at_s - before[-1])
        if sound_s is not None:
            sounds.append(sound_s - before[-1])
    loudspeaker.stop()
    microphone.stop()
    return decisions, sounds, talker.peak_memory_kb


def idle_share(rig: Rig, cache: Path, seconds: float) -> float:
    """What share of one core ``talk`` takes while it listens and nobody speaks, in percent; its voice included."""
    recording = rig.record()
    talker = Talker(rig, recording, cache)
    used: list[float] = []

    def answer(screen: str) -> Path | None:
        time.sleep(_SETTLING_S)  # the tone, and what is done at the opening
        before_s, began_s = talker.cpu_s(), time.monotonic()
        time.sleep(seconds)
        used.append(100 * (talker.cpu_s() - before_s) / (time.monotonic() - began_s))
        return None

    talker.run(answer)
    recording.stop()
    return used[0]


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
    parser.add_argument("--turns", type=int, default=18, help="spoken answers in a conversation (default: 18)")
    parser.add_argument("--conversations", type=int, default=3, help="how many to hold (default: 3)")
    parser.add_argument(
        "--json", type=Path, default=Path("test-output/bench-talk.json"), help="where to write the figures"
    )
    options = parser.parse_args()
    audio = human_audio()
    before = os.getloadavg()[:1]
    clips = [next(source) for source in (clear_clips(audio, "yes"), clear_clips(audio, "no")) for _ in range(50)]
    in_file = decision_in_file_time(list(dict.fromkeys(clips)))
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder))
        try:
            rig.await_start()
            cache = Path(folder) / "cache"
            time_to_911(rig, cache)  # fills the cache
            greeting_s, to_911_s = time_to_911(rig, cache)
            idle = idle_share(rig, cache, _IDLE_S)
            answers = {label: clear_clips(audio, label) for label in ("yes", "no")}
            decisions, sounds, peak_kb = list[float](), list[float](), 0
            for _ in range(options.conversations):
                decided, sounded, memory_kb = conversation(rig, cache, options.turns, answers)
                decisions, sounds, peak_kb = decisions + decided, sounds + sounded, max(peak_kb, memory_kb)
        finally:
            rig.close()
    rows: dict[str, tuple[float, float | None]] = {
        "decision_file_s": (statistics.median(in_file), percentile(in_file, 0.95)),
        "decision_real_s": (statistics.median(decisions), percentile(decisions, 0.95)),
        "next_prompt_s": (statistics.median(sounds), percentile(sounds, 0.95)),
        "greeting_s": (greeting_s, None),
        "to_911_s": (to_911_s, None),
        "idle_cpu_percent": (idle, None),
        "peak_memory_mb": (peak_kb / 1024, None),
    }
    print(f"{'figure':<18}{'median':>9}{'p95':>9}{'aim':>9}{'aim p95':>9}")
    for name, values in rows.items():
        print(f"{name:<18}" + "".join(f"{'' if v is None else format(v, '.2f'):>9}" for v in (*values, *AIMS[name])))
    load = (*before, *os.getloadavg()[:1])
    print(f"{len(in_file)} files, {len(decisions)} spoken answers; load before and after: {load[0]:.1f}, {load[1]:.1f}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    figures: dict[str, object] = {
        name: {"median": median, "p95": p95, "aim": AIMS[name][0], "aim_p95": AIMS[name][1]}
        for name, (median, p95) in rows.items()
    }
    figures |= {"decisions_s": sorted(round(each_s, 3) for each_s in decisions)}
    figures |= {"measured_at": time.strftime("%Y-%m-%d"), "load": load}
    options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
