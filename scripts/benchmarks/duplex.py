"""A person who speaks while the program does, in simulated rooms: ``scripts/bench duplex``.

The real canceller, gate, endpointer, recogniser and rules of the session hear the real lines, and the recordings of
people over them. Made up are the room and time: the mouth stops ``STOP_S`` after a person was noticed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import soxr

from benchmarks.acoustic_room import Room, Samples, at_level
from benchmarks.clips import MODEL, Row, clips, read
from voice_backcare.audio.formats.frames import FRAME_BYTES, FRAME_S, FRAME_SAMPLES, Frame
from voice_backcare.audio.input.duplex import Duplex
from voice_backcare.audio.input.echo_canceller import WebRtcEchoCanceller
from voice_backcare.audio.input.utterance_gate import Listener, Outcome, Playback
from voice_backcare.audio.output.mouth import words_in
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import content, conversation, grammar
from voice_backcare.session.ports import RATE_HZ
from voice_backcare.session.speech import ASKED_S

STOP_S = 0.06  # from the word to the mouth until the loudspeaker is silent: three blocks
AHEAD_S = 0.04
ROOM_DBFS = -62.0
PERSON_DBFS = -26.0
WARM_LINES = 4  # said before, in which the canceller learns the room
AFTER_S = 1.6
REVERBERATIONS_S = (0.2, 0.4, 0.6)
DELAYS_S = (0.0, 0.1, 0.3)
ECHOES_DB = (-6.0, 0.0, 6.0)  # the echo's level, against the person's
DRIFT_PPM = 100.0


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the program as sound."""

    text: str
    sound: Samples


@dataclass
class Figures:
    """What became of utterances of one kind."""

    meanings: Counter[str] = field(default_factory=Counter)
    silent_after_s: list[float] = field(default_factory=list)  # from the person's beginning
    full: int = 0

    def add(self, meaning: str, silent_after_s: float | None, *, full: bool) -> None:
        self.meanings[meaning] += 1
        self.full += full
        if silent_after_s is not None:
            self.silent_after_s.append(silent_after_s)


def said(texts: Iterable[str], rate_wpm: int = 180) -> Iterator[Said]:
    """These lines by the usual voice, 20 dB below full level."""
    voice = Synthesiser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number, text in enumerate(texts):
                path = Path(folder) / f"{number}.wav"
                voice.synthesise(text, path, rate_wpm=rate_wpm)
                samples, rate_hz = soundfile.read(path, dtype="float32")
                yield Said(text, at_level(soxr.resample(samples, rate_hz, RATE_HZ).astype(np.float32), -20.0))
    finally:
        voice.close()


class Bedside:
    """One microphone, one loudspeaker, one room."""

    def __init__(self, recogniser: VoskRecogniser, room: Room, warm: list[Said], echo_dbfs: float) -> None:
        self._room = room
        self._gain: float | None = None
        self._echo_dbfs = echo_dbfs
        self._warm = warm
        self._recogniser = recogniser

    def heard(self, line: Said, person: Samples | None, begins_s: float) -> tuple[str, float | None, bool]:
        """What is made of a person who begins so long after ``line`` does; and when the program falls silent for them.

        Meanings: those of the grammar; "nothing" where nobody was noticed, "no_match" where nothing was understood,
        "not counted" for an answer that the session does not take; and whether it was full duplex at all.
        """
        lead = [part for each in self._warm for part in (each.sound, np.zeros(RATE_HZ // 2, np.float32))]
        before = np.concatenate(lead)
        far = np.concatenate([before, line.sound, np.zeros(round(AFTER_S * RATE_HZ), np.float32)])
        far = far[: len(far) // FRAME_SAMPLES * FRAME_SAMPLES]
        echo = at_level(self._room.echo(far), self._echo_dbfs)
        rng = np.random.default_rng(len(far))
        near = echo + (10 ** (ROOM_DBFS / 20) * rng.standard_normal(len(far))).astype(np.float32)
        line_s, at_s = len(before) / RATE_HZ, None
        voice = np.zeros_like(near)
        if person is not None:
            at = round((line_s + begins_s) * RATE_HZ)
            voice[at : at + len(person)] = person[: len(voice) - at]
            at_s = line_s + begins_s
        return self._run(line, far, echo, near, voice, line_s, at_s)

    def _run(
        self,
        line: Said,
        far: Samples,
        echo: Samples,
        near: Samples,
        voice: Samples,
        line_s: float,
        person_s: float | None,
    ) -> tuple[str, float | None, bool]:
        played = far.copy()
        reference = _Reference(played)
        duplex = Duplex(WebRtcEchoCanceller(), reference.frame)
        listener = Listener(self._recogniser)
        over_s = line_s + len(line.sound) / RATE_HZ
        silent_s: float | None = None
        counts_no = False
        opened = False
        for at in range(0, len(far), FRAME_SAMPLES):
            at_s = at / RATE_HZ
            if at_s >= line_s and not opened:
                opened = True
                listener.open("any", at_s)
            sounding = at_s < min(over_s, silent_s or over_s) + 0.25
            frame = Frame(_pcm(near[at : at + FRAME_SAMPLES] + voice[at : at + FRAME_SAMPLES]), at_s)
            cleaned = duplex.cleaned(frame, sounding=sounding)
            playback = Playback(quiet_at_s=float("inf") if sounding else 0.0, words=words_in(line.text))
            if not duplex.full and sounding:
                continue
            result = listener.feed_cleaned(cleaned, playback)
            if result == "started" and silent_s is None and at_s < over_s:
                silent_s = at_s + FRAME_S + STOP_S
                counts_no = at_s - line_s >= ASKED_S
                stop = round(silent_s * RATE_HZ)
                played[stop:] = 0.0
                near[stop:] -= echo[stop:]  # what still reverberates is heard on
                near[stop:] += _rest(echo, stop, self._room)
            elif result == "started":
                counts_no = True
            elif isinstance(result, Outcome):
                meaning = result.found.meaning if result.found else "no_match"
                if meaning == "no" and not counts_no:
                    meaning = "not counted"
                after_s = None if silent_s is None or person_s is None else silent_s - person_s
                return meaning, after_s, duplex.full
        return "nothing", None, duplex.full


class _Reference:
    def __init__(self, played: Samples) -> None:
        self._played = played

    def frame(self, at_s: float) -> bytes:
        at = round((at_s + AHEAD_S) * RATE_HZ)
        return _pcm(self._played[at : at + FRAME_SAMPLES]).ljust(FRAME_BYTES, b"\0")


def _rest(echo: Samples, stop: int, room: Room) -> Samples:
    """What of the echo goes on after the loudspeaker has stopped: its delay whole, then dying away."""
    count = len(echo) - stop
    after_s = np.arange(count) / RATE_HZ - room.delay_s
    gain = np.where(after_s <= 0, 1.0, 10 ** (-3.0 * np.maximum(after_s, 0) / room.reverberation_s))
    return (echo[stop:] * gain).astype(np.float32)


def _pcm(sound: Samples) -> bytes:
    return bytes(np.clip(np.rint(sound * 32_768), -32_768, 32_767).astype("<i2").tobytes())


def _onset_s(word: Samples) -> float:
    """Where a recording's word begins."""
    loud = np.abs(word[: len(word) // 320 * 320]).reshape(-1, 320).max(axis=1)
    return float(np.argmax(loud > 0.15 * loud.max())) * FRAME_S


def answers(recogniser: VoskRecogniser, lines: list[Said], rows: list[Row], seed: int) -> dict[str, Figures]:
    """Answers begun from 1.5 s before to 0.3 s after the end of a line, each in a room of chance."""
    rng, found = np.random.default_rng(seed), dict[str, Figures]()
    for number, row in enumerate(rows):
        echo_db = ECHOES_DB[number % len(ECHOES_DB)]
        reverberation_s, delay_s = float(rng.choice(REVERBERATIONS_S)), float(rng.choice(DELAYS_S))
        room = Room(reverberation_s, delay_s, DRIFT_PPM, seed=number)
        line, warm = lines[number % len(lines)], [lines[(number + 1 + at) % len(lines)] for at in range(WARM_LINES)]
        word = at_level(read(row["file"]), PERSON_DBFS)
        begins_s = len(line.sound) / RATE_HZ + float(rng.uniform(-1.5, 0.3))
        bedside = Bedside(recogniser, room, warm, PERSON_DBFS + echo_db)
        onset_s = _onset_s(word)
        meaning, after_s, full = bedside.heard(line, word, max(0.0, begins_s - onset_s))
        after_s = None if after_s is None else after_s - onset_s
        for key in (row["label"], f"{row['label']} {echo_db:+.0f} dB"):
            found.setdefault(key, Figures()).add(meaning, after_s, full=full)
    return found


def alone(recogniser: VoskRecogniser, lines: list[Said], echo_dbfs: float) -> Figures:
    """Every line in every room, with nobody there."""
    found = Figures()
    for number, line in enumerate(lines):
        room = Room(
            REVERBERATIONS_S[number % 3], DELAYS_S[number // 3 % 3], DRIFT_PPM * (-1) ** number, seed=number + 1_000
        )
        warm = [lines[(number + 1 + at) % len(lines)] for at in range(WARM_LINES)]
        meaning, _, full = Bedside(recogniser, room, warm, echo_dbfs).heard(line, None, 0.0)
        found.add(meaning, None, full=full)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=4, help="only every n-th recording")
    parser.add_argument("--lines-every", type=int, default=1, help="only every n-th line alone")
    options = parser.parse_args()
    words = grammar.load()
    recogniser = VoskRecogniser(MODEL, words)
    talk = conversation.build(content.load())
    texts = list(dict.fromkeys(line.text for line in talk.prompts.content.lines.values()))
    questions = [text for text in texts if text.endswith("?")]
    lines = list(said(questions))
    rows = [row for row in clips(every=options.every) if row["label"] in ("yes", "no")]
    print(
        f"| answers over a line ({len(rows)}) | understood | taken for other | silent after: median, 95th percentile |"
    )
    print("|---|---|---|---|")
    for label, figures in sorted(answers(recogniser, lines, rows, seed=1).items()):
        count, own = figures.meanings.total(), label.split()[0]
        late = np.percentile(figures.silent_after_s or [np.nan], (50, 95))
        others = ", ".join(f"{name} {number}" for name, number in figures.meanings.most_common() if name != own)
        print(f"| {label} | {100 * figures.meanings[own] / count:.0f} % | {others} | {late[0]:.2f}, {late[1]:.2f} s |")
    print("\n| every line alone, echo against a person's voice | full duplex | noticed somebody | taken for |")
    print("|---|---|---|---|")
    every_line = list(said(texts[:: options.lines_every]))
    for echo_db in (0.0, 10.0):
        figures = alone(recogniser, every_line, PERSON_DBFS + echo_db)
        count = figures.meanings.total()
        noticed = {name: number for name, number in figures.meanings.items() if name != "nothing"}
        print(f"| {echo_db:+.0f} dB | {figures.full} of {count} | {sum(noticed.values())} | {noticed or 'nothing'} |")


if __name__ == "__main__":
    main()
