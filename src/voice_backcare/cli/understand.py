"""The command ``understand``: text in, its meaning out, as JSON lines."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from voice_backcare.cli.exit_codes import ExitStatus
from voice_backcare.core.understanding.places import ANY_QUESTION
from voice_backcare.core.understanding.reader import Reader, load
from voice_backcare.core.understanding.reading import Reading


@click.command("understand")
@click.option("--places", is_flag=True, help="List the places that an utterance can be read for.")
def understand_command(*, places: bool) -> None:
    """What a sentence means: JSON lines in, JSON lines out.

    In: {"place": "E1", "text": "no she's fine"}. Out: {"meaning": ...}. Without a place: any question. A line that
    cannot be read gets {"error": ...}, and the exit status is then 2.
    """
    from voice_backcare.cli.conversations import utf_8_output

    utf_8_output()
    reader = load()
    if places:
        for place in reader.places:
            click.echo(place)
        return
    unreadable = False
    for line in sys.stdin:
        if not line.strip():
            continue
        answer = _answered(reader, line)
        unreadable = unreadable or "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    if unreadable:
        raise click.exceptions.Exit(ExitStatus.BAD_USAGE)


def _answered(reader: Reader, line: str) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError:
        return {"error": "This line is no JSON object."}
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        return {"error": 'This line has no "text".'}
    place = asked.get("place") or ANY_QUESTION
    if place not in reader.places:
        return {"error": f"There is no place {place!r}; understand --places lists them all."}
    return as_data(reader.read(place, asked["text"]))


def as_data(reading: Reading) -> dict[str, Any]:
    """A reading as it is printed. ``sign``, of an emergency, and ``topic``, of a question, are only there where they
    are known.
    """
    data: dict[str, Any] = {
        "meaning": reading.meaning,
        "signs": dict.fromkeys(sorted(reading.signs), "yes"),
        "phrase": reading.phrase,
    }
    return data | {name: value for name in ("sign", "topic") if (value := getattr(reading, name))}
