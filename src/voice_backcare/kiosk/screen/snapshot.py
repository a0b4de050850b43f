"""What is sent to every screen: the view as plain data, with all words, buttons and times that it shows."""

from __future__ import annotations

from typing import Any

from voice_backcare.core.coach.schedule import SHORTEST_ON_S
from voice_backcare.core.coach.state import HOUR_S, MOST_S
from voice_backcare.core.events import Phase
from voice_backcare.core.state import YES
from voice_backcare.kiosk.screen.layouts import Book
from voice_backcare.kiosk.screen.phone_code import phone_code
from voice_backcare.kiosk.screen.view import ADVICE, DANGER, OUTCOMES, STEP, DeviceState, View
from voice_backcare.kiosk.screen.wording import on_the_wall, shown_words

_READ_BACK = "read_back_"
_VOICE = {"slower", "faster", "quieter", "louder"}
_NOTED_ON = ("question", "read_back", "offer", "confirmation", "outcome", "call_911")
_CALLED_ON = ("outcome", "offer", "summary", "paused", "waiting", "closing")  # beside 911's own screens


def snapshot(view: View, book: Book, now_s: float) -> dict[str, Any]:
    """All that a screen needs to show the truth, however late it comes. Times are seconds from now on."""
    screen = view.screen
    offered = book.screens[screen]
    hidden = (
        {"close_911"} if screen in ("call_911", "summary_911") and view.speaking else set()
    )  # nothing interrupts it (D6)
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
    words = shown_words(view, book)
    phase = None if view.danger else _phase(view.phase, book, now_s)
    return {
        "turn": view.turn,
        "screen": screen,
        "id": view.id,
        "danger": view.danger or screen == "finished_911",
        **words,
        "noted": _noted(view, book),
        "level": _level(view, book),
        "call": _call(view, book),
        "code": phone_code(words, book.texts["code"]) if screen in ("summary", "summary_911") else None,
        "told": _told(view),
        "buttons": buttons,
        "help": offered.help if view.microphone == "on" else offered.help_touch,
        "voice": _voice(view),
        "too_loud": view.too_loud,
        "muted": view.microphone == "muted",
        "microphone": view.microphone,
        "loudspeaker": view.loudspeaker,
        "notices": _notices(view, book),
        "progress": _progress(view, book),
        "step": step,
        "phase": phase,
        "clears_in_s": max(0.0, view.ended.clears_at_s - now_s) if view.ended else None,
        "kept": book.texts["kept"],
        "emergency": book.texts["emergency"],
        "emergency_number": book.content.personal.emergency_number,
        "cover": {"call_911": book.content.lines[DANGER].text, "cannot_dial": book.content.lines["cannot_dial"].text},
    }


# --- how urgent it is, and whom to call -----------------------------------------------------


def _stands(view: View) -> str:
    """The disposition that the screen is about, or ""."""
    if view.ended:
        return view.ended.outcome
    if view.danger:
        return DANGER
    if view.screen not in (*_CALLED_ON, "home_care"):
        return ""
    return view.standing or (view.id if view.id in OUTCOMES else "")


def _level(view: View, book: Book) -> dict[str, str] | None:
    """Its name and its word; None where nothing is decided yet."""
    name = book.levels.get(_stands(view))
    return None if name is None else {"name": name, "word": book.texts[f"level_{name}"]}


def _call(view: View, book: Book) -> dict[str, str] | None:
    """Whose number to call, and the number; None where nobody is to be called, or the number is not known."""
    stands, personal = _stands(view), book.content.personal
    if stands == DANGER or (not stands and view.screen == "paused"):  # there the danger signs are told
        return {"name": "", "number": personal.emergency_number}
    if stands in book.calls and personal.provider_phone:
        return {"name": personal.provider_name, "number": personal.provider_phone}
    return None


def _told(view: View) -> dict[str, str] | None:
    """Silence is told only where somebody could have been heard."""
    told = view.told
    if told is None or (view.microphone != "on" and told.by in ("silence", "noise")):
        return None
    return {"text": told.text, "by": told.by}


def _noted(view: View, book: Book) -> list[dict[str, Any]]:
    """What was said to be there, asked for or not (D14), and what was not sure (D2): what is not told there anyway."""
    if view.ended or view.screen not in _NOTED_ON:
        return []
    told = {view.id, *(source for line in view.lines for source in line.sources)}
    signs: dict[str, list[str]] = {"yes": [], "unsure": []}
    for question, answer in view.noted:
        if question in book.content.questions and question not in told:
            signs["yes" if answer == YES else "unsure"].append(book.content.questions[question].sign)
    return [{"id": name, "word": book.texts[f"noted_{name}"], "signs": some} for name, some in signs.items() if some]


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
    found += [
        {"id": "hint", "text": on_the_wall(line, view, book)} for line in dict.fromkeys(view.lines) if line.id in ADVICE
    ]
    if view.settings_fault:
        says = book.texts["settings_wrong"].replace("{fault}", view.settings_fault)
        found.append({"id": "settings_wrong", "text": says})
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
        shown = book.content.part_titles[part].shown
        return {"part": shown, "number": number, "of": of, "done": ids.index(view.id), "all": len(ids)}
    part = view.id.removeprefix(_READ_BACK)
    if part not in book.content.part_titles:
        return None
    last = max(at for at, question in enumerate(ids) if book.content.questions[question].part == part)
    return {"part": book.content.part_titles[part].shown, "number": None, "of": None, "done": last + 1, "all": len(ids)}


def _step(view: View, book: Book) -> dict[str, Any] | None:
    """Which home-care step it is, and the name of its drawing."""
    ids = [step.id for step in book.content.steps]
    step_id = view.id.removeprefix(STEP)
    if view.screen != "home_care" or step_id not in ids:
        return None
    return {"id": step_id, "number": ids.index(step_id) + 1, "of": len(ids)}


def _phase(phase: Phase | None, book: Book, now_s: float) -> dict[str, Any] | None:
    if phase is None:
        return None
    return {
        "pack": phase.pack,
        "on": phase.on,
        "left_s": max(0.0, phase.ends_s - now_s),
        "length_s": max(1.0, phase.ends_s - phase.began_s),
        "total_s": max(0.0, now_s - phase.first_on_s),
        "next": book.texts[_next(phase)],
    }


def _next(phase: Phase) -> str:
    """What comes when the phase is over (C2, C3)."""
    total_s = phase.ends_s - phase.first_on_s
    if MOST_S - total_s < SHORTEST_ON_S:
        return "next_done"
    if phase.on:
        return "next_off"
    return "next_go_on" if total_s >= HOUR_S else "next_on"
