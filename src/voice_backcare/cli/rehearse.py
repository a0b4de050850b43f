"""Rehearsal: a conversation without microphone and loudspeaker, on the real voice, endpointer and recogniser.

Answers are synthesised by another voice and recognised; the program's own lines are synthesised too.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from voice_backcare.audio.formats.audio_file import frames_of
from voice_backcare.audio.formats.frames import FRAME_S
from voice_backcare.audio.input.file_recognition import first_utterance
from voice_backcare.audio.recognition.rejection import known
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Line
from voice_backcare.core.grammar.matcher import Grammar, Match
from voice_backcare.session.ports import RATE_HZ, Recogniser, Voice
from voice_backcare.system.atomic_write import part_of
from voice_backcare.terminal.text_conversation import TypedConversation, Writer

ANSWERING_RATE_WPM = 165
SPEAKING_RATE_WPM = 180
_PAUSE_S = 0.4
_SAMPLE_BYTES = 2
_ROOM_S = 0.5  # silence before an answer, as in a room: the endpointer learns it first
_TURNS_MOST = 200


@contextmanager
def wave_file(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Context manager: a function that adds sound (16-bit mono at ``RATE_HZ``) to a WAV file, which is at ``path``
    afterwards.

    Only its owner may read the file, as what is said tells what was answered. Raises ``OSError`` where it cannot be
    written. Then, and where the block raises, ``path`` stays as it was.
    """
    with part_of(path, private=True) as part, part.open("wb") as stream, wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_SAMPLE_BYTES)
        file.setframerate(RATE_HZ)
        yield lambda pcm: file.writeframes(pcm + bytes(_SAMPLE_BYTES * round(RATE_HZ * _PAUSE_S)))


class Rehearsal:
    """A rehearsed conversation. ``voice`` speaks the program's lines, ``answering`` the answers.

    ``keep``: called with the sound of each of the program's lines.
    """

    def __init__(
        self,
        conversation: Conversation,
        grammar: Grammar,
        recogniser: Recogniser,
        voice: Voice,
        answering: Voice,
        writer: Writer,
        keep: Callable[[bytes], None] | None = None,
    ) -> None:
        self._grammar = grammar
        self._recogniser = recogniser
        self._voice = voice
        self._answering = answering
        self._keep = keep
        self._folder = TemporaryDirectory(prefix="voice-backcare-")
        self._count = 0
        self.typed = TypedConversation(
            conversation, grammar, writer, notices=True, ear=self._hear, voice=self._speak
        )  # fmt: skip

    def run(self, answers: Iterable[str] | None) -> None:
        """Run it with these answers; None: those of a child without any sign."""
        with self._folder:
            self.typed.run(answers if answers is not None else self._no_throughout())

    def _no_throughout(self) -> Iterator[str]:
        """Answers of a child without any sign: "no" to every question, read-backs confirmed, home care heard to its
        end.
        """
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
        if self._keep:
            self._keep(b"".join(frames))

    def _hear(self, place: str, text: str) -> tuple[str, Match | None]:
        frames = self._pcm(self._answering, text, ANSWERING_RATE_WPM)
        room = [bytes(len(frames[0]))] * round(_ROOM_S / FRAME_S) if frames else []
        recognised = first_utterance([*room, *frames], self._recogniser, place).recognised
        return known(recognised.text), recognised.found
