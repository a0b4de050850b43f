"""``understand``: the contract that other programs measure by."""

from __future__ import annotations

import json
import subprocess
import sys


def understand(*lines: str, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voice_backcare", "understand", *arguments]
    return subprocess.run(
        command, input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, timeout=60
    )


def test_each_line_gets_its_meaning() -> None:
    """One JSON object out for each in, in order, with the signs that were volunteered."""
    done = understand(
        '{"place": "E1", "text": "no she\\u2019s breathing fine"}',
        '{"text": "no"}',
        '{"place": "E1", "text": "no but he has a fever"}',
        '{"place": "R1", "text": "she can\'t breathe"}',
        '{"place": "home_care", "text": "can he sleep on the heating pad"}',
        '{"place": "R1", "text": "purple"}',
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["meaning"] for one in told] == ["no", "no", "unsure", "emergency", "question", "no_match"]
    assert told[0] == {"meaning": "no", "signs": {}, "phrase": "no she's breathing fine"}
    assert told[2]["signs"] == {"R1": "yes"}
    assert told[3]["sign"] == "E1"
    assert told[4]["topic"] == "part_heat"
    assert done.returncode == 0


def test_what_cannot_be_read_is_said_in_its_place() -> None:
    """A line that is no question gets a sentence, the others their meanings, and the status tells."""
    done = understand("no", '{"place": "Z9", "text": "no"}', "[]", '{"text": "yes"}')
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in one for one in told] == [True, True, True, False]
    assert done.returncode == 2
    assert not done.stderr


def test_the_places_are_listed() -> None:
    """``--places`` names every place, the questions of the handout among them."""
    places = understand(arguments=("--places",)).stdout.split()
    assert {"E1", "F7", "read_back_emergency", "offer_home_care", "coach_awake", "home_care"} <= set(places)


def test_a_place_that_is_none_is_refused_by_hear() -> None:
    """``hear --place`` takes a place of ``understand --places``; another gets a sentence and status 2."""
    command = [sys.executable, "-m", "voice_backcare", "hear", "--place", "E9", "x.wav"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "there is no place 'E9'" in done.stderr
    assert "Traceback" not in done.stderr
