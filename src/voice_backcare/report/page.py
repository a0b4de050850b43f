"""Contents of the printed page, independent of the format: headings and rows that fit one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from voice_backcare.core.coach.care_log import PackPhase
from voice_backcare.core.summary import Asked, Summary

PHASES_MOST = 8  # more would not fit the sheet; of earlier ones only the number is given
_BY_HAND = ("Name of the child", "Date of birth", "Temperature, and when it was taken", "Weight")  # nobody keeps these
_BLANK = "_" * 30
_ANSWERS = {"yes": "YES", "no": "no", "unsure": "NOT SURE", "soft_no": "no, not sure", None: "not asked"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``what`` at the left, ``value`` at the right; ``strong`` where it should stand out."""

    what: str
    value: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its rows."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The page. ``lead``: what was advised, in large letters. ``urgent``: that is the emergency number."""

    title: str
    when: str
    lead: tuple[str, ...]
    urgent: bool
    sections: tuple[Section, ...]
    foot: tuple[str, ...]


def page_of(summary: Summary) -> Page:
    """Page of ``summary``."""
    return Page(
        title="Back pain of a child: what was asked and answered",
        when=_when(summary),
        lead=(*_lead(summary), *summary.advice),
        urgent=summary.outcome == "call_911",
        sections=tuple(section for section in _sections(summary) if section.rows),
        foot=(
            "Made by voice-backcare, a guide and not a doctor. What the child's provider says comes first.",
            f"The questions come from one family handout: {summary.source}.",
        ),
    )


def _lead(summary: Summary) -> Iterator[str]:
    if summary.outcome == "incomplete":
        yield (
            "Not finished: nothing is ruled out." if summary.ended else "Not finished yet: nothing is ruled out so far."
        )


def _sections(summary: Summary) -> Iterator[Section]:
    yield Section("What counts", tuple(_what_counts(summary)))
    yield Section("To fill in by hand", tuple(Row(f"{what}: {_BLANK}") for what in _BY_HAND))
    for part, heading in summary.parts.items():
        yield Section(heading, tuple(_row(asked) for asked in summary.asked if asked.part == part))
    yield Section("Done at home so far", tuple(_done(summary)))
    yield Section("The child's provider", tuple(_provider(summary)))


def _what_counts(summary: Summary) -> Iterator[Row]:
    if summary.asked_for_help:
        yield Row("Help was asked for at once.", strong=True)
    if yes := summary.answered("yes"):
        yield Row(f"Yes: {'; '.join(asked.sign for asked in yes)}.", strong=True)
    if named := summary.volunteered:
        yield Row(f"Named without being asked: {'; '.join(asked.sign for asked in named)}.", strong=True)
    if not_sure := summary.answered("soft_no"):
        yield Row(f"Thought not to be there, not sure: {'; '.join(asked.sign for asked in not_sure)}.", "", True)
    if summary.not_ruled_out:
        yield Row(f"Could not be ruled out: {'; '.join(summary.not_ruled_out)}.", "", True)


def _row(asked: Asked) -> Row:
    return Row(f"{asked.question} ({asked.sign})", _ANSWERS[asked.answer], asked.answer in ("yes", "unsure", "soft_no"))


def _done(summary: Summary) -> Iterator[Row]:
    phases = summary.done.phases
    if len(phases) > PHASES_MOST:
        yield Row(f"{len(phases) - PHASES_MOST} times before these")
    for phase in phases[-PHASES_MOST:]:
        yield Row(_phase(phase, summary), _minutes(phase.minutes))
    if phases:
        yield Row("In all since the first time, pauses included", _minutes(summary.done.total_minutes))


def _phase(phase: PackPhase, summary: Summary) -> str:
    on, off = (_clock(at_moment(summary, at_s)) for at_s in (phase.on_at_s, phase.off_at_s))
    times = f", on at {on}, off at {off}" if on and off else f", on at {on}" if on else ""
    return f"{phase.pack.capitalize()}{times}"


def _provider(summary: Summary) -> Iterator[Row]:
    if summary.personal.provider_name or summary.personal.provider_phone:
        yield Row(summary.personal.provider_name or "Phone", summary.personal.provider_phone)


def _minutes(minutes: float | None) -> str:
    if minutes is None:
        return "time not known"
    return "less than 1 min" if minutes < 1 else f"{round(minutes)} min"


def at_moment(summary: Summary, at_s: float | None) -> datetime | None:
    """Wall-clock time of ``at_s`` on the session's clock; None where either is not known."""
    if at_s is None or summary.when.started is None:
        return None
    return summary.when.started + timedelta(seconds=at_s - summary.started_at_s)


def _clock(moment: datetime | None) -> str:
    return moment.strftime("%H:%M") if moment else ""


def _when(summary: Summary) -> str:
    started, ended = summary.when.started, summary.when.ended
    if started is None:
        return "The date and time are not known." if ended is None else f"{ended:%Y-%m-%d}, until {ended:%H:%M %Z}"
    if ended is None:
        return f"{started:%Y-%m-%d}, from {started:%H:%M %Z}"
    until = f"{ended:%H:%M}" if ended.date() == started.date() else f"{ended:%Y-%m-%d %H:%M}"
    return f"{started:%Y-%m-%d}, {started:%H:%M} to {until} {ended:%Z}"
