"""The words of a screen: which lines are its heading, what stands below it, and how a line reads on a wall (D12)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from voice_backcare.core.events import Line
from voice_backcare.kiosk.screen.layouts import Book
from voice_backcare.kiosk.screen.view import ADVICE, DANGER, OUTCOMES, PACK_OFF, STEP, SUMMARY, Ended, View

_NOT_SURE = "not_sure"
_BECAUSE, _HINT = "because_", "_hint"
_CANNOT_DIAL = "cannot_dial"
_CONTACT = ("provider_name", "provider_phone")  # shown by themselves, larger
_SUMMARY_STARTS = ("summary_start", "summary_so_far")
_SAY = re.compile(r"(?<!not )\b[Ss]ay\b")  # "I can not say that all is well" is no request
_SENTENCE = re.compile(r"(?<=[.?!]) ")


def shown_words(view: View, book: Book) -> dict[str, Any]:
    """``headline``: the outcome. ``ask``: what is wanted now. ``lead``: small words before. ``body``: the rest."""
    return _finished(view.ended, book) if view.ended else _texts(view, book)


def on_the_wall(line: Line, view: View, book: Book) -> str:
    """The line as it is shown here: no keys, and nothing to be said where nobody is heard. May be empty."""
    sentences = (book.wall.get(sentence, sentence) for sentence in _SENTENCE.split(line.text))
    text = " ".join(sentence for sentence in sentences if sentence)
    if view.microphone == "on" or line.id in book.told_others:
        return text
    text = " ".join(book.touch_only.get(sentence, sentence) for sentence in _SENTENCE.split(text)).strip()
    return _SAY.sub(lambda word: "Touch" if word[0] == "Say" else "touch", text)


def _step_texts(view: View, book: Book) -> dict[str, Any]:
    """One idea a home-care screen: its heading, first what must not be done, then how it is done."""
    title = book.step_titles.get(view.id.removeprefix(STEP), "")
    fitted = [replace(line, text=on_the_wall(line, view, book)) for line in dict.fromkeys(view.lines)]
    lines = [line for line in fitted if line.text and line.id not in ADVICE]
    own = [line.text for line in lines if line.sources == ("own",) and not line.id.startswith(STEP)]  # a button else
    facts = [replace(line, text=line.text.removeprefix(f"{title}. ")) for line in lines if line.sources != ("own",)]
    paragraphs = [each for line in facts for each in _forbidden_apart(_paragraph(line, book), book)]
    return {
        "lead": own,
        "headline": title,
        "ask": "",
        "body": sorted(paragraphs, key=lambda each: not each["warning"]),
    }


def _forbidden_apart(paragraph: dict[str, Any], book: Book) -> list[dict[str, Any]]:
    """The paragraph; where some of its sentences say what must not be done, those by themselves."""
    sentences = _SENTENCE.split(paragraph["text"])
    forbidding = [each for each in sentences if each.startswith(book.forbids)]
    if paragraph["warning"] or not forbidding:
        return [paragraph]
    rest = " ".join(each for each in sentences if each not in forbidding)
    warning = {**paragraph, "text": " ".join(forbidding), "warning": True}
    return [warning, *([{**paragraph, "text": rest}] if rest else [])]


def _paragraph(line: Line, book: Book) -> dict[str, Any]:
    """The line; where it lists signs after a colon, the signs one by one."""
    start, colon, _ = line.text.partition(": ")
    signs = [book.content.questions[source].sign for source in line.sources if source in book.content.questions]
    if colon and len(signs) == len(line.sources) and all(sign in line.text for sign in signs):
        return {"id": line.id, "text": start + ":", "items": signs, "warning": False}
    return {"id": line.id, "text": line.text, "items": [], "warning": _is_warning(line, book)}


def _is_warning(line: Line, book: Book) -> bool:
    """Whether it says what must not be done: one of the handout's prohibitions, in its own words."""
    return bool(set(line.sources) & book.prohibitions) and not line.text.endswith("?")


def _texts(view: View, book: Book) -> dict[str, Any]:
    if view.screen in ("idle", "starting"):
        return _invitation(view, book)
    if view.screen == "home_care":
        return _step_texts(view, book)
    fitted = (replace(line, text=on_the_wall(line, view, book)) for line in dict.fromkeys(view.lines))
    lines = [line for line in fitted if line.text and line.id not in (*ADVICE, *_CONTACT)]
    if view.screen == "outcome":  # said, and on the summary (D15); beside the causes there is no room for them here
        lines = [line for line in lines if not line.id.startswith(("safety_net_", "call_again_"))]
    if not view.attention and len(lines) > 1 and lines[-1].id.endswith(_HINT) and view.screen != "pack_held":
        lines.pop()  # the buttons say it
    headline = next((line for line in lines if line.id in (*OUTCOMES, PACK_OFF)), None)
    if view.screen == "summary":
        headline = next((line for line in lines if line.id in _SUMMARY_STARTS), headline)
    if headline:
        lines.remove(headline)
    asks = view.screen not in ("summary", "summary_911")
    asks = asks and not (view.screen == "call_911" and view.kind == "standby")
    ask = lines.pop() if asks and lines and (view.kind != "standby" or view.screen != "outcome") else None
    lead = [line for line in lines if _is_small(line, view)]
    body = _told_alone(view, [line for line in lines if line not in lead])
    if view.danger and ask:  # the question must have room below it
        body = [line for line in body if line.id == _CANNOT_DIAL]
    return {
        "lead": [line.text for line in lead],
        "headline": headline.text if headline else _standing(view, book),
        "ask": ask.text if ask else "",
        "body": _joined([_paragraph(line, book) for line in body]),
    }


def _invitation(view: View, book: Book) -> dict[str, Any]:
    invitation = "invitation" if view.microphone == "on" else "invitation_touch"
    about = (book.texts["about"], book.texts["emergency"])
    return {
        "lead": [],
        "headline": "",
        "ask": book.texts["starting" if view.screen == "starting" else invitation],
        "body": [{"id": "about", "text": text, "items": [], "warning": False} for text in about],
    }


def _told_alone(view: View, body: list[Line]) -> list[Line]:
    """A summary is by itself, for it tells the causes too."""
    if view.screen not in ("summary", "summary_911"):
        return body
    return [line for line in body if line.id.startswith((SUMMARY, _BECAUSE, _NOT_SURE)) and line.id != "because_yes"]


def _standing(view: View, book: Book) -> str:
    """What an outcome says stays above whatever is asked about it."""
    stands = view.screen == "outcome" and view.id in OUTCOMES and view.id in book.content.lines
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
    if view.danger or view.screen in ("outcome", "summary", "closing", "paused", "waiting", "pack_held"):
        return False
    return line.sources == ("own",) or line.id == "opening_guide"


def _finished(ended: Ended, book: Book) -> dict[str, Any]:
    content = book.content
    texts = [content.lines[line_id].text for line_id in _after(ended.outcome)]
    signs = [content.questions[cause].sign for cause in ended.because if cause in content.questions]
    because = [{"id": "because", "text": "Because of:", "items": signs, "warning": False}] if signs else []
    return {
        "lead": [],
        "headline": content.lines[ended.outcome].text if ended.outcome in OUTCOMES else book.texts["finished"],
        "ask": "",
        "body": [*({"id": "after", "text": text, "items": [], "warning": False} for text in texts), *because],
    }


def _after(outcome: str) -> tuple[str, ...]:
    """What stands under the outcome once the talk is over."""
    if outcome == DANGER:
        return (_CANNOT_DIAL,)
    if outcome == "out_of_scope":
        return ("out_of_scope_advice",)
    if outcome == "call_provider_now":  # "in any case, keep in touch" would say less than that
        return ("provider_first",)
    return ("incomplete_advice",) if outcome == "incomplete" else ("in_any_case",)
