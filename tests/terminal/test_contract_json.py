"""``simulate --json`` as other programs drive it: the contract of the command line, point by point."""

from __future__ import annotations

import json
import random
import string
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from json_contract import (
    COMMAND,
    CONVERSATIONS,
    ENVIRONMENT,
    TO_HOME_CARE,
    TO_SCOPE,
    check_conversation,
    parts,
    play,
    turns,
    written,
)
from oracle import EMERGENCY, QUESTIONS


@pytest.mark.parametrize("lines", CONVERSATIONS, ids=lambda lines: f"{len(lines)} lines")
def test_every_event_has_the_fields_of_the_contract(lines: list[str]) -> None:
    """Every event has its fields; after each input line come ``heard``, any ``say``, then one ask or end."""
    check_conversation(lines, play(lines))


def test_the_opening_asks_the_first_question() -> None:
    """Before any input come the opening's lines and one ask: E1."""
    opening = turns(play([]))[0]
    assert [event["event"] for event in opening[:-1]] == ["say"] * (len(opening) - 1)
    ask = opening[-1]
    assert (ask["kind"], ask["id"], ask["sources"]) == ("question", "E1", ["E1"])


def test_asks_of_a_whole_triage_in_their_order() -> None:
    """All no: E1-E6, read-back, S1, R1-R8, read-back, F2 F5 F6 F7, the offer; 21 turns to the disposition."""
    asks = [turn[-1] for turn in turns(play(TO_HOME_CARE))[:-1]]
    assert [ask["kind"] for ask in asks] == (
        ["question"] * 6 + ["read_back"] + ["question"] * 9 + ["read_back"] + ["question"] * 4 + ["offer"]
    )
    assert tuple(ask["id"] for ask in asks if ask["kind"] == "question") == QUESTIONS
    assert len(asks) - 1 <= 21


def test_a_rewording_keeps_id_and_kind() -> None:
    """Silence, noise, doubt and "repeat" ask the same id and kind, in other words or the same."""
    for line in ("", "purple elephants", "maybe", "repeat"):
        first, again = (turn[-1] for turn in turns(play(["no", line]))[1:3])
        assert (again["kind"], again["id"]) == (first["kind"], first["id"])
        assert (again["say"] == first["say"]) == (line == "repeat")


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("no", "no"),
        ("nope", "no"),
        ("Yes!", "yes"),
        ("I don’t know", "unsure"),
        ("purple", "no_match"),
        ("", "no_input"),
        ("   ", "no_input"),
        ("she's not breathing", "emergency"),
        ("please repeat the question", "repeat"),
        ("go back", "go_back"),
        ("STOP", "stop"),
    ],
)
def test_heard_says_what_was_understood(line: str, meaning: str) -> None:
    """``heard`` has the line and its meaning: an answer, no_match, no_input, emergency or a command's name."""
    heard = turns(play(["no", line]))[2][0]
    assert (heard["event"], heard["text"], heard["meaning"]) == ("heard", line.strip(), meaning)


@pytest.mark.parametrize("line", ["+20m", "+45s", "+1s", "+0s", "+2h", "+1m30s"])
def test_a_clock_line_is_not_heard(line: str) -> None:
    """No ``heard`` for a line that moves the clock, and exactly one ask or end follows even when nothing fired."""
    after = turns(play(["no", line, "no"]))[2]
    assert not [event for event in after if event["event"] == "heard"]
    assert after[-1]["event"] in ("ask", "end")


@pytest.mark.parametrize(
    "line", ["+-5m", "+", "+m", "+5", "+5x", "++5m", "+5m+", "+ 5m", "-5m", "+1.5m", "+99999999999999s"]
)
def test_a_line_that_is_no_clock_line_moves_nothing(line: str) -> None:
    """What only looks like a time is understood as noise at most, and the clock never goes back."""
    after = turns(play(["no", line]))[2]
    assert (after[0]["event"], after[0]["meaning"]) == ("heard", "no_match")
    assert (after[-1]["event"], after[-1].get("id")) == ("ask", "E2")


def test_speaking_takes_no_time_and_silence_takes_its_time_out() -> None:
    """Six seconds of clock are one silence; two lines of three seconds are too; an answer takes none."""
    reprompted = turns(play([""]))[1][1:]
    assert turns(play(["+6s"]))[1] == reprompted
    assert turns(play(["+3s", "+3s"]))[2] == reprompted
    assert turns(play(["no", "+5s", "go back", "+5s"]))[4][-1]["say"] == turns(play([]))[0][-1]["say"]


def test_timers_fire_in_their_order() -> None:
    """A jump meets what the same time in small pieces meets, in the same order."""
    pieces = [event for turn in turns(play(["no", *["+1s"] * 170]))[2:-1] for event in turn if event["event"] == "say"]
    jump = [event for event in turns(play(["no", "+170s"]))[2] if event["event"] == "say"]
    asked_on_the_way = {event["id"] for event in jump} - {event["id"] for event in pieces}
    assert [event for event in jump if event["id"] not in asked_on_the_way] == pieces


def test_the_clock_reaches_every_end() -> None:
    """Twenty minutes of silence at any ask end the conversation, and never with an assumed answer."""
    for lines in (TO_HOME_CARE[:count] for count in range(len(TO_HOME_CARE) + 1)):
        events = play([*lines, "+20m"])
        answers = events[-1]["answers"]
        assert events[-1]["event"] == "end"
        assert len(answers) == lines.count("no")
        assert len(turns(events)) == len(lines) + 2


def test_end_of_input_is_stop() -> None:
    """Input that ends is "stop" said twice: what was reached so far is the outcome."""
    for lines in CONVERSATIONS:
        ended = play(lines)
        if len(turns(ended)) == len(lines) + 1:
            continue  # it had ended by itself
        stopped = play([*lines, "stop", "stop"])
        assert ended[-1] == stopped[-1]


@pytest.mark.parametrize("second", ["stop", "yes", "quit"])
def test_a_second_stop_or_yes_ends(second: str) -> None:
    """ "Stop" is confirmed once something was answered; a second "stop", or yes, ends."""
    came = turns(play(["no", "stop", second]))
    assert (came[2][-1]["event"], came[2][-1]["kind"]) == ("ask", "confirmation")
    assert (came[3][-1]["event"], came[3][-1]["outcome"]) == ("end", "incomplete")


def test_nothing_follows_the_end() -> None:
    """What comes in after the end is not read: the end is the last line."""
    assert play(["stop", "no", "yes", "call 911"])[-1]["event"] == "end"
    assert len([event for event in play(["stop", "no"]) if event["event"] == "end"]) == 1


@pytest.mark.parametrize(
    ("lines", "outcome", "because", "answers"),
    [
        (["yes"], "call_911", ["E1"], {"E1": "yes"}),
        (["no", "maybe", "maybe"], "call_911", ["E2"], {"E1": "no", "E2": "unsure"}),
        (["no", "call 911"], "call_911", ["emergency"], {"E1": "no"}),
        (["I can't wake him"], "call_911", ["E3"], {"E3": "yes"}),
        ([*TO_SCOPE, "yes"], "out_of_scope", ["S1"], {**dict.fromkeys(EMERGENCY, "no"), "S1": "yes"}),
        ([], "incomplete", [], {}),
        (["no"], "incomplete", [], {"E1": "no"}),
        (TO_HOME_CARE, "home_care", [], dict.fromkeys(QUESTIONS, "no")),
    ],
)
def test_the_end_has_outcome_reasons_and_answers(
    lines: list[str], outcome: str, because: list[str], answers: dict[str, str]
) -> None:
    """``end`` carries the outcome, the ids that caused it, and every answer by its id."""
    assert play(lines)[-1] == {"event": "end", "outcome": outcome, "because": because, "answers": answers}


def test_the_911_instruction_is_said_twice_and_says_that_it_cannot_dial() -> None:
    """D6: both times "911", as it is shown, with a handout id; and that the program does not dial."""
    said = [event for event in turns(play(["yes"]))[1] if event["event"] == "say"]
    instructions = [event for event in said if "911" in event["say"]]
    assert len(instructions) == 2
    assert all(event["sources"] != ["own"] for event in instructions)
    assert [event for event in said if "dial" in event["say"] and event["sources"] == ["own"]]


def salad(seed: int) -> Iterator[str]:
    """Ten thousand lines of phrases, letters, other scripts, controls, numbers and times."""
    chance = random.Random(seed)
    phrases = sorted({phrase for place in parts()[1].reader.places for phrase in parts()[1].sentences(place)})
    alphabet = string.printable + "äöüßéñ你好مرحبا🙂\u2028\u0085\x00\u200b'’"
    while True:
        match chance.randrange(8):
            case 0:
                yield ""
            case 1:
                yield "".join(chance.choice(alphabet) for _ in range(chance.randrange(40))).replace("\n", " ")
            case 2:
                yield f"+{chance.randrange(30)}{chance.choice('sm')}"
            case 3:
                yield " ".join(chance.choice(phrases) for _ in range(chance.randrange(1, 4)))
            case 4:
                yield chance.choice(["yes", "no", "maybe", "go back", "no", "no", "no", "no"])
            case _:
                yield chance.choice(phrases)


def test_ten_thousand_random_lines() -> None:
    """No line of anything breaks the contract, and each conversation reaches an end."""
    lines, conversations = 0, 0
    source = salad(20)
    while lines < 10_000:
        conversations += 1
        said = [next(source).strip() for _ in range(80)]
        events = play(said)
        check_conversation(said, events)
        lines += len(turns(events)) - 1
    assert conversations > 100


def test_a_very_long_line_is_one_line() -> None:
    """A hundred kilobytes without a line break are not understood, and come back whole."""
    text = "no " * 35_000 + "no"
    heard = turns(play([text]))[1][0]
    assert (heard["text"], heard["meaning"]) == (text, "no_match")


def test_an_emergency_in_a_very_long_line_is_heard() -> None:
    """D5: anywhere inside an utterance."""
    text = "blah " * 20_000 + "she's not breathing" + " blah" * 20_000
    assert turns(play([text]))[1][0]["meaning"] == "emergency"


# --- the real process ----------------------------------------------------------------------


def run(text: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command itself, with this on standard input."""
    data = text if isinstance(text, bytes) else text.encode()
    return subprocess.run(COMMAND, input=data, capture_output=True, env={**ENVIRONMENT, **environment}, timeout=60)


def test_the_process_writes_what_the_contract_says() -> None:
    """Only JSON on standard output, the same as in this process, and exit status 0."""
    for lines in (CONVERSATIONS[1], CONVERSATIONS[-4]):
        done = run("".join(f"{line}\n" for line in lines))
        assert done.returncode == 0
        assert done.stdout.decode() == written(lines)
        assert done.stderr == b""


def test_the_process_with_no_input_ends() -> None:
    """End of input at once is "stop": ``incomplete``, exit status 0."""
    done = run("")
    assert done.returncode == 0
    assert json.loads(done.stdout.splitlines()[-1])["outcome"] == "incomplete"


def test_the_process_flushes_each_ask() -> None:
    """Another program reads the ask before it writes its answer, line by line."""
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True
    ) as process:
        assert process.stdin and process.stdout
        asked = []
        for answer in ("no", "no", "yes", None):
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] in ("ask", "end"):
                    asked.append(event["id"] if event["event"] == "ask" else event["outcome"])
                    break
            if answer:
                process.stdin.write(f"{answer}\n")
                process.stdin.flush()
        process.stdin.close()
        assert json.loads(process.stdout.readlines()[-1])["outcome"] == "call_911"
        assert process.wait(30) == 0
    assert asked == ["E1", "E2", "E3", "call_911"]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00\x01\nno\n",
        b"\x80abc\n\xed\xa0\x80\n",
        "你好\n🙂\nно\n".encode(),
        b"no\r\nno\r\n",
        b"no",
        b"\x00" * 5000,
    ],
)
def test_the_process_survives_any_bytes(data: bytes) -> None:
    """No bytes on standard input end in a traceback."""
    done = run(data)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout.decode().split("\n")[-2])["event"] == "end"


def test_the_process_reads_a_line_end_of_any_system() -> None:
    """A carriage return before the line feed is no part of the answer."""
    done = run(b"no\r\nyes\r\n")
    assert json.loads(done.stdout.decode().split("\n")[-2])["answers"] == {"E1": "no", "E2": "yes"}


def test_the_process_can_write_to_a_narrow_output() -> None:
    """Where standard output cannot hold a character that was said, the conversation goes on all the same."""
    done = run("你好\nno she’s fine\n", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert json.loads(done.stdout.split(b"\n")[-2])["event"] == "end"


def test_the_process_survives_a_closed_output() -> None:
    """Whoever reads goes away: an exit status of its own, no traceback."""
    process = subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdout.readline()
    process.stdout.close()
    try:
        process.stdin.write(b"no\n" * 50)
        process.stdin.close()
    except BrokenPipeError:
        pass
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) != 0
    assert b"Traceback" not in errors and b"Exception ignored" not in errors


def test_the_process_leaves_nothing_behind(tmp_path: Path) -> None:
    """The journal and the user's settings are left alone: no file is written under the home folder."""
    home = tmp_path / "home"
    home.mkdir()
    folders = {
        name: str(home / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    }
    done = run("no\nyes\n", HOME=str(home), **folders)
    assert done.returncode == 0
    assert list(home.rglob("*")) == []
