"""How the whole conversation feels: its turns, its length in real speech, its wordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import SynthesisQueue
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import content, conversation
from voice_backcare.core.events import Finished, Heard, Line
from voice_backcare.fakes.ports import FakeClock, FakeEars, FakeScreen
from voice_backcare.session.ports import Post, Posted, Voice
from voice_backcare.session.session import GAP_S, Session
from voice_backcare.session.speech import SPEECH_MOST_S

RATE_WPM = 180  # the default of ``talk``
TAIL_S = 0.25 + 0.2  # from the end of a line until the ears are open, the tone included
ANSWER_S = 0.5 + 0.3  # a "no", and the time until it is decided


@pytest.fixture(scope="module")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SynthesisQueue]:
    """Really synthesised prompts."""
    voice: Voice = Synthesiser()
    made = SynthesisQueue(PromptCache(voice, tmp_path_factory.mktemp("prompts")))  # type: ignore[arg-type]
    yield made
    made.close()


@dataclass
class TimedMouth:
    """Speaks every line for as long as it really takes, on a clock that only it moves."""

    post: Post
    clock: FakeClock
    prompts: SynthesisQueue
    said: list[tuple[float, Line]] = field(default_factory=list)

    def duration_s(self, line: Line) -> float:
        return self.prompts.wanted(line.text, RATE_WPM).result(30).duration_s

    def say(self, line: Line, turn: int) -> None:
        self.said.append((self.clock.now_s(), line))
        self.clock.advance(self.duration_s(line))
        self.post(Posted(turn, Finished(self.clock.now_s())))

    def stop(self) -> None:
        """Nothing is being said between two events."""

    def tone(self, name: str) -> None:
        self.clock.advance(TAIL_S)

    def adjust(self, what: str) -> None:
        """Not asked for here."""


class Bedside:
    """An all-"no" parent who answers at once."""

    def __init__(self, prompts: SynthesisQueue) -> None:
        self.clock = FakeClock()
        self.ears = FakeEars(self._post, self.clock)
        self.mouth = TimedMouth(self._post, self.clock, prompts)
        self.screen = FakeScreen()
        core = conversation.build(content.load())
        self.session = Session(core, self.ears, self.mouth, self.screen, self.clock)
        self.gaps_at_s: list[float] = []

    def _post(self, posted: Posted) -> None:
        self.session.post(posted)

    def run_to(self, kind: str) -> None:
        """Answer until something of ``kind`` is asked."""
        self.session.start()
        self._settle()
        while self.screen.asked[-1].kind != kind:
            answer = "yes" if self.screen.asked[-1].kind == "read_back" else "no"
            self.clock.advance(ANSWER_S)
            self.ears.hear(Heard(self.clock.now_s(), answer, answer))
            self._settle()

    def _settle(self) -> None:
        """Until the ears wait for an answer; a gap is silent, and over when its time is."""
        self.session.settle()
        while self.session.listening is None:
            self.gaps_at_s.append(self.clock.now_s())
            self.clock.advance(GAP_S)
            self.session.tick()
            self.session.settle()


@pytest.fixture(scope="module")
def bedside(prompts: SynthesisQueue) -> Bedside:
    bedside = Bedside(prompts)
    bedside.run_to("offer")
    return bedside


def test_the_all_no_triage_is_short(bedside: Bedside) -> None:
    """At most 21 turns and 110 s of speech and waiting to the disposition, in the real voice."""
    questions = [say for say in bedside.screen.asked if say.kind in ("question", "read_back")]
    told_s = next(at_s for at_s, line in bedside.mouth.said if line.id == "home_care")
    assert len(questions) <= 21
    assert told_s <= 110, told_s


def test_the_opening_is_short(bedside: Bedside) -> None:
    """What comes before the first question takes at most six seconds."""
    first_s = next(at_s for at_s, line in bedside.mouth.said if line.id == "E1_ask")
    assert first_s <= 6


def test_no_speech_is_long_without_a_gap(bedside: Bedside) -> None:
    """Nobody has to wait longer than eight seconds for a moment to be heard in (D5)."""
    heard_at_s = sorted(
        [
            0.0,
            *bedside.gaps_at_s,
            *(at for at, line in bedside.mouth.said if line.id.startswith("ack") or line.id.endswith("_no")),
        ]
    )
    for at_s, line in bedside.mouth.said:
        last_s = max(gap_s for gap_s in heard_at_s if gap_s <= at_s)
        assert bedside.mouth.duration_s(line) <= SPEECH_MOST_S, line
        if line.id.startswith("read_back"):
            assert at_s + bedside.mouth.duration_s(line) - last_s <= SPEECH_MOST_S + GAP_S, line


def test_every_line_alone_is_shorter_than_a_stretch(prompts: SynthesisQueue) -> None:
    """No single prompt of the program is longer than the eight seconds of D5."""
    for line in conversation.build(content.load()).prompts.ahead():
        assert prompts.wanted(line.text, RATE_WPM).result(30).duration_s <= SPEECH_MOST_S, line.text


def test_questions_are_short() -> None:
    """No question has more than twelve words."""
    for question in content.load().questions.values():
        assert len(question.ask.split()) <= 12, question.id


def test_no_reprompt_repeats_word_for_word() -> None:
    """Silence after silence: each time the question comes in other words, and never in the same twice running."""
    core = conversation.build(content.load())
    for question in core.triage.content.questions.values():
        wordings = [question.ask, question.again, question.plain]
        assert len(set(wordings)) == 3, question.id
