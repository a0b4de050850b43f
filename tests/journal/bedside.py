"""An hour of ice or heat with a program that dies and comes back, and somebody who does what it says.

Time goes on while the program is dead. What is checked is what was said at the bed and when, not what the program
thinks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from crashes import Silent, parts

from voice_backcare.core.events import Event, Line
from voice_backcare.core.state import State
from voice_backcare.journal import Boot
from voice_backcare.journal.recorder import Recorder, open_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

ON_S = OFF_S = 1200.0
MOST_S = 5400.0
ROUNDING_S = 1e-3
OFF = ("coach_off", "coach_take_off", "coach_held")
STAYS_ON = ("coach_on", "coach_left", "coach_stays")
UNKNOWN = "for how long is not known"
BOOT_S = 1000.0  # what the boot clock shows as the first program starts


@dataclass(frozen=True)
class Moment:
    """``at_s`` is true time. ``what`` happened, with the id of the line or the meaning of the word."""

    at_s: float
    what: Literal["said", "heard", "died", "back"]
    id: str = ""
    text: str = ""


class DeadError(BaseException):
    """Nothing catches it: the program is killed."""


@dataclass
class World:
    """True time, and all that happened at the bed."""

    at_s: float = 0.0
    log: list[Moment] = field(default_factory=list)
    boot_id: str = "one"
    booted_s: float = -BOOT_S
    now: Callable[[], float] | None = None

    def now_s(self) -> float:
        return self.now() if self.now else self.at_s

    @property
    def boot(self) -> Boot:
        return Boot(self.boot_id, lambda: self.now_s() - self.booted_s)

    def note(self, what: Literal["said", "heard", "died", "back"], line_id: str = "", text: str = "") -> None:
        self.log.append(Moment(self.now_s(), what, line_id, text))


class _Hearing(Silent):
    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def heard(self, text: str, meaning: str) -> None:
        self._world.note("heard", meaning, text)


@dataclass
class Life:
    """One run of the program: its session and its recorder."""

    typed: TypedConversation
    recorder: Recorder
    writer: Silent


def live(
    world: World,
    folder: Path,
    words: Callable[[TypedConversation], Iterator[str]],
    *,
    start: str = "start",
    written: Callable[[Event], None] = lambda event: None,
    journal: bool = True,
) -> Life:
    """Start the program, and let it hear ``words``; it dies as they are used up, or where ``written`` raises.

    ``written`` is called when an event is on the disk and nothing has come of it yet. Without ``journal`` nothing more
    is written once it was taken up.
    """
    told: list[str] = []
    recorder = open_recorder(parts()[0], folder, told.append, boot=world.boot)
    writer = _Hearing(world)
    typed = TypedConversation(
        *parts(), writer, recorder=recorder, voice=lambda line: world.note("said", *_id_and_text(line))
    )
    lag_s = world.at_s - recorder.starts_at_s
    typed._clock.at_s = recorder.starts_at_s
    world.now = lambda: typed._clock.at_s + lag_s
    append = recorder.decided

    def decided(event: Event, after: State) -> None:
        append(event, after)
        written(event)

    recorder.decided = decided  # type: ignore[method-assign]
    if not journal:
        recorder.close()

    def asked() -> Iterator[str]:
        yield from words(typed)
        raise DeadError

    with suppress(DeadError):
        typed.run(asked(), start=start)
    world.at_s, world.now = world.now_s(), None
    recorder.close()
    assert told == []
    return Life(typed, recorder, writer)


def _id_and_text(line: Line) -> tuple[str, str]:
    return line.id, line.text


def died(
    world: World, away_s: float, *, boot: str | None = None, boot_age_s: float = 5.0, updated: bool = False
) -> None:
    """The program is killed here, and the next one starts ``away_s`` later; on another ``boot`` where one is given."""
    world.note("died")
    world.at_s += away_s
    if boot is not None:
        world.boot_id, world.booted_s = boot, world.at_s - boot_age_s
    world.note("back", UNKNOWN if boot is not None or updated else "")


def obeys(typed: TypedConversation) -> Iterator[str]:
    """Somebody who does what is said, and says yes and "okay" to all there is."""
    for _ in range(200):
        asked = typed.turn.asked
        if asked is None:
            return
        yield {
            "wrap": "yes",
            "stay_awake": "yes",
            "awake": "yes",
            "changed": "no",
            "choose": "yes",
            "go_on": "yes",
            "same_child": "yes",
            "coach_on": "+5m",
            "coach_off": {"coach_off_hint": "okay", "coach_held_hint": "continue"}.get(asked.asked[-1].id, "+5m"),
        }.get(asked.id, "stop")


def says_nothing(typed: TypedConversation) -> Iterator[str]:
    """Nobody answers any more."""
    for _ in range(60):
        if typed.turn.asked is None:
            return
        yield "+4m"


# --- what must hold ----------------------------------------------------------------------------


def check_hour(log: list[Moment]) -> None:
    """Of all that was said and heard, over every death: C2, C3, C6. A pack is on from "on" to the next "off"."""
    check_starts(log)
    on_s: float | None = None
    first_s: float | None = None
    spent_s = 0.0  # of the phase, before it was last interrupted
    off_s: float | None = None
    dead_s: float | None = None
    back_s: float | None = None  # while this is set, nothing was said since the program came back
    for moment in log:
        first_word = back_s is not None and moment.what == "said"
        match moment.what:
            case "died":
                dead_s = moment.at_s
            case "back":
                back_s = moment.at_s
                if moment.id == UNKNOWN and first_s is not None and dead_s is not None:
                    first_s += back_s - dead_s  # nobody knows of it
            case "heard" if moment.id == "wait" and on_s is not None:  # who asks to wait takes it off
                spent_s, on_s = spent_s + moment.at_s - on_s, None
            case "said" if moment.id == "coach_alone":  # another hour
                first_s, off_s, spent_s = None, None, 0.0
            case "said" if moment.id in STAYS_ON and on_s is None:  # it died between the yes and "on"
                if off_s is not None:
                    assert moment.at_s - off_s >= OFF_S - ROUNDING_S, "20 minutes off"
                    spent_s = 0.0
                on_s, off_s, first_s = moment.at_s, None, moment.at_s if first_s is None else first_s
            case "said" if moment.id in OFF:
                if on_s is not None:
                    assert first_s is not None
                    due_s = min(on_s + ON_S - spent_s, first_s + MOST_S)
                    check_in_time(moment, due_s, dead_s, back_s)
                    spent_s += moment.at_s - on_s
                    on_s = None
                if moment.id == "coach_off":
                    off_s = moment.at_s
            case _:
                pass
        if first_word:
            back_s = None


def check_in_time(off: Moment, due_s: float, dead_s: float | None, back_s: float | None) -> None:
    """C3: "off" came when it was due; where the program was dead then, as its first word on coming back."""
    if off.at_s <= due_s + ROUNDING_S:
        return
    assert dead_s is not None and back_s is not None, f"{off} should have come at {due_s}"
    assert dead_s <= due_s + ROUNDING_S, "it was not dead when it should have said so"
    assert off.at_s == back_s, f"{off} was not the first word"


def check_starts(log: list[Moment]) -> None:
    """C2, C3: "on" is the answer to a yes to its own check, with what is forbidden said before, all in one life;

    after an "off" it also wants a "no" to "has anything changed?".
    """
    asked = forbidden = ""
    checked = changed = False
    for moment in log:
        match moment.what, moment.id:
            case "died", _:
                asked = forbidden = ""
                checked = False
            case "heard", meaning:
                checked = meaning == "yes" and asked.startswith("coach_check_")
                changed = changed and not (meaning == "no" and asked.startswith("coach_changed"))
            case "said", "coach_alone":  # another hour
                changed = False
            case "said", "coach_on":
                pack = "ice" if "the ice" in moment.text else "heat"
                assert checked and asked.startswith(f"coach_check_{pack}") and forbidden == pack, (moment, asked)
                assert not changed, "it was not asked whether anything has changed"
                asked = forbidden = ""
            case "said", line_id:
                changed = changed or line_id == "coach_off"
                forbidden = line_id.removeprefix("coach_forbid_") if line_id.startswith("coach_forbid_") else forbidden
                forbidden = "" if line_id in OFF else forbidden
                asked, checked = line_id, False
            case _:
                pass
