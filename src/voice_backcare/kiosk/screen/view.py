"""What every screen shows, as one frozen value; and the snapshot of it that is sent. Nothing here waits or decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from voice_backcare.core.events import AskKind, Line, Phase
from voice_backcare.kiosk.screen.layouts import Book

DeviceState = Literal["on", "muted", "missing", "lost"]

DANGER = "call_911"
_OUTCOMES = ("call_911", "call_provider_now", "out_of_scope", "follow_up", "home_care", "incomplete")
_SUMMARY, _BECAUSE, _HINT = "summary_", "because_", "_hint"
_CANNOT_DIAL = "cannot_dial"
_READ_BACK = "read_back_"
_STANDBYS = {"starting": "starting", "idle": "idle", "paused": "paused", "waiting": "waiting", "closing": "closing"}
_STEP = "step_"
_VOICE = {"slower", "faster", "quieter", "louder"}
_ADVICE = ("microphone_muted", "microphone_quiet", "microphone_clipped")  # why somebody was not understood
_PACK_ON, _PACK_OFF, _OFF_HINT, _HELD_HINT = "coach_on", "coach_off", "coach_off_hint", "coach_held_hint"


@dataclass(frozen=True, slots=True)
class Told:
    """What was understood last; ``by`` is "voice", "touch", "noise" or "silence"."""

    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A conversation that is over, until the screen forgets it."""

    outcome: str
    because: tuple[str, ...]
    clears_at_s: float


@dataclass(frozen=True, slots=True)
class View:
    """``speaking``: the lines are still being said. ``ears_open``: what is said now is heard."""

    turn: int = 0
    kind: AskKind | None = "standby"
    id: str = "starting"
    lines: tuple[Line, ...] = ()
    attention: bool = False
    phase: Phase | None = None
    told: Told | None = None
    speaking: bool = False
    ears_open: bool = False
    too_loud: bool = False
    microphone: DeviceState = "on"
    loudspeaker: DeviceState = "on"
    ended: Ended | None = None

    @property
    def danger(self) -> bool:
        """Whether "call 911" stands: its words are among what is shown (D6)."""
        return any(line.id == DANGER for line in self.lines)

    @property
    def screen(self) -> str:
        """Which of the screens of ``layouts.toml`` this is."""
        if self.ended:
            return "finished_911" if self.ended.outcome == DANGER else "finished"
        if self.kind in ("question", "read_back", "offer", "confirmation", "check"):
            return self.kind
        if self.danger:
            return "call_911"
        if self.id in (_PACK_ON, _PACK_OFF):
            return self._pack_screen()
        if self.id.startswith(_STEP):
            return "home_care"
        return _STANDBYS.get(self.id, "outcome")

    def _pack_screen(self) -> str:
        """On; off at once, until somebody says so; off because it is held; or off until it goes on again."""
        if self.id == _PACK_ON:
            return "pack_on"
        last = self.lines[-1].id if self.lines else ""
        return {_OFF_HINT: "pack_off", _HELD_HINT: "pack_held"}.get(last, "pack_resting")


def snapshot(view: View, book: Book, now_s: float) -> dict[str, Any]:
    """All that a screen needs to show the truth, however late it comes. Times are seconds from now on."""
    screen = view.screen
    offered = book.screens[screen]
    hidden = {"close_911"} if screen == "call_911" and view.speaking else set()  # nothing interrupts it (D6)
    hidden |= _VOICE if view.loudspeaker == "missing" else set()
    step = _step(view, book)
    extra = book.steps.get(step["id"], ()) if step else ()
    rows = {"main": (*offered.main, *extra), "side": offered.side, "more": offered.more}
    buttons = {
        row: [
            {"id": button.id, "label": button.label, "key": button.key, "twice": button.twice}
            for button in given
            if button.id not in hidden
        ]
        for row, given in rows.items()
    }
    return {
        "turn": view.turn,
        "screen": screen,
        "id": view.id,
        "danger": view.danger or screen == "finished_911",
        **(_finished(view.ended, book) if view.ended else _texts(view, book)),
        "told": None if view.told is None else {"text": view.told.text, "by": view.told.by},
        "buttons": buttons,
        "help": offered.help,
        "voice": _voice(view),
        "too_loud": view.too_loud,
        "muted": view.microphone == "muted",
        "microphone": view.microphone,
        "loudspeaker": view.loudspeaker,
        "notices": _notices(view, book),
        "progress": _progress(view, book),
        "step": step,
        "phase": None if view.danger else _phase(view.phase, now_s),
        "clears_in_s": max(0.0, view.ended.clears_at_s - now_s) if view.ended else None,
        "kept": book.texts["kept"],
        "emergency": book.texts["emergency"],
    }


# --- words ----------------------------------------------------------------------------------


def _paragraph(line: Line, book: Book) -> dict[str, Any]:
    """The line; where it lists signs after a colon, the signs one by one."""
    start, colon, _ = line.text.partition(": ")
    signs = [book.content.questions[source].sign for source in line.sources if source in book.content.questions]
    if colon and len(signs) == len(line.sources) and all(sign in line.text for sign in signs):
        return {"id": line.id, "text": start + ":", "items": signs}
    return {"id": line.id, "text": line.text, "items": []}


def _texts(view: View, book: Book) -> dict[str, Any]:
    """``headline``: the outcome. ``ask``: what is wanted now. ``lead``: small words before. ``body``: the rest."""
    if view.screen in ("idle", "starting"):
        invitation = "invitation" if view.microphone == "on" else "invitation_touch"
        about = (book.texts["about"], book.texts["emergency"])
        return {
            "lead": [],
            "headline": "",
            "ask": book.texts["starting" if view.screen == "starting" else invitation],
            "body": [{"id": "about", "text": text, "items": []} for text in about],
        }
    lines = [line for line in dict.fromkeys(view.lines) if line.id not in _ADVICE]
    if view.screen == "pack_on" and len(lines) > 1 and lines[-1].id.endswith(_HINT):
        lines.pop()  # the buttons say it
    headline = next((line for line in lines if line.id in (*_OUTCOMES, _PACK_OFF)), None)
    if headline:
        lines.remove(headline)
    asks = view.screen != "home_care" and not (view.screen == "call_911" and view.kind == "standby")
    ask = lines.pop() if asks and lines and (view.kind != "standby" or view.screen != "outcome") else None
    lead = [line for line in lines if _is_small(line, view)]
    body = [line for line in lines if line not in lead]
    if any(line.id.startswith(_SUMMARY) for line in body):  # it tells the causes by itself
        body = [line for line in body if not line.id.startswith(_BECAUSE) and not line.id.endswith(_HINT)]
    if view.danger and ask:  # the question must have room below it
        body = [line for line in body if line.id == _CANNOT_DIAL]
    return {
        "lead": [line.text for line in lead],
        "headline": headline.text if headline else _standing(view, book),
        "ask": ask.text if ask else "",
        "body": _joined([_paragraph(line, book) for line in body]),
    }


def _standing(view: View, book: Book) -> str:
    """What an outcome says stays above whatever is asked about it."""
    stands = view.screen == "outcome" and view.id in _OUTCOMES and view.id in book.content.lines
    return book.content.lines[view.id].text if stands else ""


def _joined(paragraphs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said in several breaths ("And to these: ...") is one list to the eye."""
    result: list[dict[str, Any]] = []
    for each in paragraphs:
        before = result[-1] if result else None
        if before and before["items"] and each["items"] and _family(before["id"]) == _family(each["id"]):
            before["items"] = [*before["items"], *each["items"]]
        else:
            result.append(each)
    return result


def _family(line_id: str) -> str:
    return line_id.rstrip("0123456789")


def _is_small(line: Line, view: View) -> bool:
    """Words of the way ("Okay.", "I did not hear you."), as against what there is to know."""
    if view.danger or view.screen in ("outcome", "closing", "paused", "waiting", "pack_held"):
        return False
    return line.sources == ("own",) or line.id == "opening_guide"


def _finished(ended: Ended, book: Book) -> dict[str, Any]:
    content = book.content
    texts = [content.lines[line_id].text for line_id in _after(ended.outcome)]
    signs = [content.questions[cause].sign for cause in ended.because if cause in content.questions]
    because = [{"id": "because", "text": "Because of:", "items": signs}] if signs else []
    return {
        "lead": [],
        "headline": content.lines[ended.outcome].text if ended.outcome in _OUTCOMES else book.texts["finished"],
        "ask": "",
        "body": [*({"id": "after", "text": text, "items": []} for text in texts), *because],
    }


def _after(outcome: str) -> tuple[str, ...]:
    """What stands under the outcome once the talk is over."""
    if outcome == DANGER:
        return (_CANNOT_DIAL,)
    if outcome == "out_of_scope":
        return ("out_of_scope_advice",)
    return ("incomplete_advice",) if outcome == "incomplete" else ("in_any_case",)


# --- the rest -------------------------------------------------------------------------------


def _voice(view: View) -> str:
    """ "listening" while somebody is heard, "speaking" while lines are said, else "ready" for a touch."""
    if view.ears_open and view.microphone == "on":
        return "listening"
    return "speaking" if view.speaking and view.loudspeaker == "on" else "ready"


def _notices(view: View, book: Book) -> list[dict[str, str]]:
    """What does not work, the worst first; then why somebody was not understood, by how loud it was."""
    names = [f"{device}_{state}" for device, state in _devices(view) if state != "on"]
    if "on" not in (view.loudspeaker, view.microphone):
        names = ["silent"]
    found = [{"id": name, "text": book.texts[name]} for name in names]
    found += [{"id": "hint", "text": line.text} for line in dict.fromkeys(view.lines) if line.id in _ADVICE]
    unspoken = view.attention and view.loudspeaker == "on"
    return [{"id": "cannot_speak", "text": book.texts["cannot_speak"]}, *found] if unspoken else found


def _devices(view: View) -> tuple[tuple[str, DeviceState], ...]:
    return (("loudspeaker", view.loudspeaker), ("microphone", view.microphone))


def _progress(view: View, book: Book) -> dict[str, Any] | None:
    """How far the questions are; None where none is asked."""
    ids = list(book.content.questions)
    if view.ended or view.danger or view.screen not in ("question", "read_back"):
        return None
    if view.id in ids:
        part = book.content.questions[view.id].part
        fellows = [question for question in ids if book.content.questions[question].part == part]
        number, of = fellows.index(view.id) + 1, len(fellows)
        return {"part": book.parts[part], "number": number, "of": of, "done": ids.index(view.id), "all": len(ids)}
    part = view.id.removeprefix(_READ_BACK)
    if part not in book.parts:
        return None
    last = max(at for at, question in enumerate(ids) if book.content.questions[question].part == part)
    return {"part": book.parts[part], "number": None, "of": None, "done": last + 1, "all": len(ids)}


def _step(view: View, book: Book) -> dict[str, Any] | None:
    """Which home-care step it is, and the name of its drawing."""
    ids = [step.id for step in book.content.steps]
    step_id = view.id.removeprefix(_STEP)
    if view.screen != "home_care" or step_id not in ids:
        return None
    return {"id": step_id, "number": ids.index(step_id) + 1, "of": len(ids)}


def _phase(phase: Phase | None, now_s: float) -> dict[str, Any] | None:
    if phase is None:
        return None
    return {
        "pack": phase.pack,
        "on": phase.on,
        "left_s": max(0.0, phase.ends_s - now_s),
        "length_s": max(1.0, phase.ends_s - phase.began_s),
        "total_s": max(0.0, now_s - phase.first_on_s),
    }
