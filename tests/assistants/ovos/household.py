"""An OpenVoiceOS in this process, with the skill in it, and people who talk to it from several rooms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ovoscope
from ovos_bus_client.message import Message
from ovos_bus_client.session import Session
from ovos_utils import log
from ovos_utils.log import LOG
from ovos_workshop.skills.ovos import OVOSSkill

from voice_backcare.assistants.ovos import skill
from voice_backcare.assistants.ovos.skill import BackcareSkill
from voice_backcare.core.content.pronunciation import spoken_form
from voice_backcare.fakes.ports import FakeClock
from voice_backcare.settings.schema import Settings

SKILL = "voice-backcare.openvoiceos"
OPENING = "my child's back hurts"
LANG = "en-US"


class _AtOnce(threading.Thread):
    """In the place of ovoscope's timer for the end of playback: speaking takes no time."""

    def __init__(self, interval_s: float, function: Callable[[], None]) -> None:
        super().__init__()
        self._function = function

    def start(self) -> None:
        self._function()


class _Threading:
    """The module ``threading`` with that timer in it."""

    Timer = _AtOnce

    def __getattr__(self, name: str) -> Any:
        return getattr(threading, name)


@dataclass
class Household:
    """The running core, the skill in it, and its clock, which goes only when told to."""

    croft: ovoscope.MiniCroft
    skill: BackcareSkill
    clock: FakeClock
    capture: ovoscope.CaptureSession = field(init=False)

    def __post_init__(self) -> None:
        eof = ["ovos.utterance.handled", f"{SKILL}.stop.response"]
        self.capture = ovoscope.CaptureSession(self.croft, eof_msgs=eof)

    def begin_afresh(self, settings: Settings | None = None) -> None:
        """Nobody has said anything yet."""
        self.skill.use(settings or Settings())
        self.capture.responses.clear()

    def skill_folder(self) -> Path:
        """Where the skill's intents and dialogs are."""
        return Path(skill.__file__).parent / "locale" / "en-us"

    def send(self, message: Message) -> list[Message]:
        """Put on the bus; what came of it, in order."""
        before = len(self.capture.responses)
        self.capture.capture(message, timeout=20)
        assert self.capture.done.is_set(), f"nobody answered {message.msg_type} {message.data}"
        return self.capture.responses[before:]

    def emit(self, message: Message) -> list[Message]:
        """The same for what nobody answers."""
        before = self._listen_on()
        self.croft.bus.emit(message)
        return self.capture.responses[before:]

    def advance(self, seconds: float) -> list[Message]:
        """Everything that is timed until then happens, in its order and at its moment."""
        before = self._listen_on()
        until_s = self.clock.at_s + seconds
        while (due_s := self.skill.next_due_s()) is not None and due_s <= until_s:
            self.clock.at_s = max(due_s, self.clock.at_s)
            self.skill.pass_time()
        self.clock.at_s = until_s
        return self.capture.responses[before:]

    def _listen_on(self) -> int:
        """Goes on noting messages: a capture that is done takes no more."""
        self.capture.done.clear()
        return len(self.capture.responses)


@dataclass
class Person:
    """Somebody at one satellite. ``keeps``: the satellite keeps the session as the core sends it back, as it should."""

    house: Household
    room: str
    keeps: bool = True
    session: dict[str, Any] | None = None
    last: list[Message] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = None if self.room == "default" else Session(self.room, lang=LANG).serialize()

    def context(self) -> dict[str, Any]:
        ours = {"source": f"satellite {self.room}", "destination": "skills"}
        return ours if self.session is None else {**ours, "session": self.session}

    def message(self, kind: str, **data: Any) -> Message:
        return Message(kind, data, self.context())

    def say(self, *utterances: str) -> str:
        """Say this; what is spoken to it in this room."""
        return self._took(self.house.send(self.utterance(*utterances)))

    def utterance(self, *utterances: str) -> Message:
        return self.message("recognizer_loop:utterance", utterances=list(utterances), lang=LANG)

    def hears_nothing(self) -> str:
        """The microphone was open, and the recogniser had nothing to write."""
        return self._took(self.house.emit(self.message("recognizer_loop:speech.recognition.unknown")))

    def wait(self, seconds: float) -> str:
        return self._took(self.house.advance(seconds))

    def is_mine(self, message: Message) -> bool:
        return str(message.context.get("session", {}).get("session_id", "default")) == self.room

    def _took(self, messages: list[Message]) -> str:
        self.last = [message for message in messages if self.is_mine(message)]
        if self.keeps and self.session is not None:
            for message in self.last:
                self.session = message.context.get("session", self.session)
        said = [message.data["utterance"] for message in speaking(self.last)]
        self.spoken += said
        return " ".join(said)

    @property
    def listening(self) -> bool:
        """Whether the microphone opens after what was spoken last."""
        said = speaking(self.last)
        return bool(said) and bool(said[-1].data["expect_response"])


def speaking(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.msg_type in ("speak", "ovos.utterance.speak")]


def spoken(text: str, *numbers: str) -> str:
    """As the skill gives it to the voice."""
    return spoken_form(text, numbers)


@contextmanager
def household(*, at_once: bool = True) -> Iterator[Household]:
    """A core with the skill loaded by its entry point; ``at_once``: speaking takes no time."""
    LOG.set_level("CRITICAL")
    log.log_deprecation = lambda *_, **__: None  # it looks through the whole stack each time, for a log nobody reads
    original = ovoscope.threading
    if at_once:
        ovoscope.threading = _Threading()
    try:
        croft = ovoscope.get_minicroft([SKILL], lang=LANG)
        skill = croft.plugin_skills[SKILL].instance
        clock = FakeClock(1000.0)
        skill.clock = clock
        house = Household(croft, skill, clock)
        house.begin_afresh()
        yield house
        house.capture.finish()
        skill.default_shutdown()
        croft.stop()
        OVOSSkill.__del__ = lambda self: None  # all have ended here, not while the interpreter goes down
    finally:
        ovoscope.threading = original
