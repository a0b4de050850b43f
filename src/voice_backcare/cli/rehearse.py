"""A conversation without microphone or loudspeaker, on the real voice, endpointer and recogniser.

An answering voice is synthesised and heard; the program's own lines are synthesised too.
"""

from __future__ import annotations

import wave
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from voice_backcare.audio.formats.audio_file import frames_of
from voice_backcare.audio.formats.frames import FRAME_S
from voice_backcare.audio.input.file_recognition import hear_frames
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Line
from voice_backcare.core.grammar.matcher import Grammar, Match
from voice_backcare.session.ports import RATE_HZ, Recogniser, Voice
from voice_backcare.terminal.text_conversation import TypedConversation, Writer

ANSWERING_RATE_WPM = 165
SPEAKING_RATE_WPM = 180
_PAUSE_S = 0.4
_SAMPLE_BYTES = 2
_ROOM_S = 0.5  # silence before an answer, as in a room: the endpointer learns it first
_TURNS_MOST = 200


class WaveOut:
    """All lines one after the other in one WAV file: written beside ``path``, put there when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._stream = self._part.open("wb")
        self._file = wave.open(self._stream, "wb")  # noqa: SIM115 - closed by close or discard
        self._file.setnchannels(1)
        self._file.setsampwidth(_SAMPLE_BYTES)
        self._file.setframerate(RATE_HZ)

    def add(self, pcm: bytes) -> None:
        self._file.writeframes(pcm + bytes(_SAMPLE_BYTES * round(RATE_HZ * _PAUSE_S)))

    def close(self) -> None:
        self._file.close()
        self._stream.close()
        self._part.replace(self._path)

    def discard(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._stream.close()
        self._part.unlink(missing_ok=True)


class Rehearsal:
    """``voice`` speaks the program's lines, ``answering`` the answers, each to a file of its own."""

    def __init__(
        self,
        conversation: Conversation,
        grammar: Grammar,
        recogniser: Recogniser,
        voice: Voice,
        answering: Voice,
        writer: Writer,
        wave_out: WaveOut | None = None,
    ) -> None:
        self._grammar = grammar
        self._recogniser = recogniser
        self._voice = voice
        self._answering = answering
        self._wave_out = wave_out
        self._folder = TemporaryDirectory(prefix="voice-backcare-")
        self._count = 0
        self.typed = TypedConversation(
            conversation, grammar, writer, notices=True, ear=self._hear, voice=self._speak
        )  # fmt: skip

    def run(self, answers: Iterable[str] | None) -> None:
        """With these answers; without any, with the ones of a child who has no sign at all."""
        with self._folder:
            self.typed.run(answers if answers is not None else self._no_throughout())

    def _no_throughout(self) -> Iterator[str]:
        """ "No" to every question; read-backs confirmed, home care heard to its end."""
        said = {"question": "no", "read_back": "yes", "confirmation": "no", "offer": "yes"}
        for _ in range(_TURNS_MOST):
            asked = self.typed.turn.asked
            if asked is None:
                return
            if asked.kind == "standby":
                yield self._at_standby(asked.id)
            else:
                yield said.get(asked.kind or "", "no")

    def _at_standby(self, position: str) -> str:
        if position in ("paused", "waiting"):
            return "continue"
        return "next" if position.startswith("step_") else "stop"

    def _pcm(self, voice: Voice, text: str, rate_wpm: int) -> list[bytes]:
        self._count += 1
        path = Path(self._folder.name) / f"{self._count}.wav"
        voice.synthesise(text, path, rate_wpm=rate_wpm)
        frames = list(frames_of(path))
        path.unlink()
        return frames

    def _speak(self, line: Line) -> None:
        frames = self._pcm(self._voice, line.text, SPEAKING_RATE_WPM)
        if self._wave_out:
            self._wave_out.add(b"".join(frames))

    def _hear(self, context: str, text: str) -> tuple[str, Match | None]:
        matches: list[Match | None] = []

        def match(grammar: str, heard: str) -> Match | None:
            matches.append(self._grammar.match(grammar, heard))
            return matches[-1]

        frames = self._pcm(self._answering, text, ANSWERING_RATE_WPM)
        room = [bytes(len(frames[0]))] * round(_ROOM_S / FRAME_S) if frames else []
        result = hear_frames([*room, *frames], self._recogniser, match, grammar=context)
        return str(result["phrase"]), matches[-1] if matches else None
