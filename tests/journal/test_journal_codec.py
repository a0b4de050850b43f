"""Events as the journal writes them: every event comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import get_args

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from voice_backcare.core.events import Event, Failed, Heard, Line, Resumed, Say
from voice_backcare.journal import Undecodable, decode, encode

KINDS = get_args(Event)
FAILED = Failed(3.0, Say((Line("a", "A", ("E1",)),), (Line("b", "B", ("own",)),), "question", "E1"))
FAILED_TEXT = (
    '{"is":"Failed","at_s":3.0,"said":{"lead":[{"id":"a","text":"A","sources":["E1"]}],'
    '"asked":[{"id":"b","text":"B","sources":["own"]}],"kind":"question","id":"E1","interruptible":true}}'
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was(kind: type) -> None:
    """Whatever its fields hold: the same event, of the same types, after text and back."""

    @settings(max_examples=200, derandomize=True, database=None, deadline=None)
    @given(st.from_type(kind))
    def there_and_back(event: Event) -> None:
        text = encode(event)
        again = decode(text)
        assert repr(again) == repr(event) and type(again) is kind  # equal, but for a time that is no number
        assert text.isascii() and "\n" not in text

    there_and_back()


def test_what_failed_comes_back_whole() -> None:
    """D9: the prompt that could not be spoken is nested in its event, lines and all."""
    assert decode(encode(FAILED)) == FAILED


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Heard(1.5, "no", "nope"), '{"is":"Heard","at_s":1.5,"meaning":"no","phrase":"nope","sign":null,"signs":[]}'),
        (Resumed(2.0, None, same_boot=False), '{"is":"Resumed","at_s":2.0,"away_s":null,"same_boot":false}'),
        (FAILED, FAILED_TEXT),
    ],
    ids=["heard", "resumed", "failed"],
)
def test_the_text_of_an_event_stays_the_same(event: Event, text: str) -> None:
    """Journals that were written before are read: this is what stands in them."""
    assert encode(event) == text and decode(text) == event


@given(st.text(st.characters(exclude_categories=()), max_size=20))
@settings(derandomize=True, database=None, deadline=None)
def test_any_words_come_back(phrase: str) -> None:
    """Also half characters, as a broken terminal sends them, and zero bytes."""
    assert decode(encode(Heard(1.0, "no", phrase))) == Heard(1.0, "no", phrase)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '"Heard"',
        "{}",
        '{"is": "Say"}',
        '{"is": "Nothing", "at_s": 1.0}',
        '{"is": ["Heard"], "at_s": 1.0}',
        '{"is": "NoInput"}',
        '{"is": "NoInput", "at_s": "1.0"}',
        '{"is": "NoInput", "at_s": true}',
        '{"is": "NoInput", "at_s": null}',
        '{"is": "NoInput", "at_s": 1.0, "more": 1}',
        '{"is": "NoInput", "at_s": 1.0, "more": ' + "[" * 500 + "]" * 500 + "}",
        '{"is": "Heard", "at_s": 1.0, "meaning": "no"}',
        '{"is": "Failed", "at_s": 1.0, "said": {"lead": [], "asked": [], "kind": null, "id": ""}}',
        '{"is": "NoInput", "at_s": 1' + "0" * 400 + "}",
        '{"is": "Resumed", "at_s": 1.0, "away_s": "long", "same_boot": true}',
        '{"is": "Resumed", "at_s": 1.0, "away_s": null, "same_boot": 1}',
        "[" * 100_000,
    ],
)
def test_what_is_no_event_is_refused(text: str) -> None:
    """A damaged line is no event at all, rather than half of one."""
    with pytest.raises(Undecodable):
        decode(text)


def test_no_changed_field_is_taken() -> None:
    """Any one value inside a nested event replaced by one of another type is refused."""
    plain = json.loads(encode(FAILED))

    def variants(value: object) -> list[object]:
        if isinstance(value, dict):
            return [
                {**value, key: other} for key, inner in value.items() if key != "is" for other in [*variants(inner), {}]
            ]
        if isinstance(value, list):
            return [
                [*value[:at], other, *value[at + 1 :]] for at, inner in enumerate(value) for other in variants(inner)
            ]
        return [17 if isinstance(value, str | bool) else "x"]

    changed = variants(plain)
    assert len(changed) > 20
    for values in changed:
        with pytest.raises(Undecodable):
            decode(json.dumps(values))


def test_a_number_without_a_fraction_is_still_a_time() -> None:
    """JSON of another writer may spell 3.0 as 3."""
    assert decode('{"is": "Resumed", "at_s": 3, "away_s": null, "same_boot": false}') == Resumed(3.0, None, False)
    assert decode(encode(Heard(0.1 + 0.2, "no"))) == Heard(0.1 + 0.2, "no")
