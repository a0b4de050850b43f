"""Going on after an interruption: at every event, on every kind of morning after (D11, C6)."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest
from crashes import (
    CONVERSATIONS,
    EVERYTHING,
    STARTS,
    URGENT,
    Machine,
    Silent,
    check_nothing_lost,
    copies_at_every_event,
    events_of,
    gone_on,
    parts,
    positives,
    states,
    taken_up,
    written_until,
)

from voice_backcare.core.events import Event, Pressed, Resumed
from voice_backcare.core.state import Record
from voice_backcare.journal import open_journal
from voice_backcare.journal import recorder as journal_recorder
from voice_backcare.session.ports import Posted
from voice_backcare.terminal.text_conversation import TypedConversation

MORNINGS = {  # boot id, seconds on the boot clock since the last event; whether the "no"s still stand
    "at once": ("one", 0.0, True),
    "14 minutes later": ("one", 840.0, True),
    "16 minutes later": ("one", 960.0, False),
    "after a power cut": ("two", -900.0, False),
    "on another machine": ("", 5.0, False),
    "with a boot clock that went back": ("one", -1.0, False),
}


def known(machine: Machine, morning: str) -> tuple[Machine, bool]:
    boot_id, after_s, fresh = MORNINGS[morning]
    return Machine(boot_id, machine.at_s + after_s), fresh


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_at_every_event_nothing_is_lost_and_nothing_invented(name: str, tmp_path: Path) -> None:
    """The process dies at each event: the next one is where it was, and says how long it was away."""
    machine = Machine()
    expected = states(events_of(CONVERSATIONS[name], STARTS.get(name, "start")))
    copies = copies_at_every_event(CONVERSATIONS[name], tmp_path / "journal", machine.boot, STARTS.get(name, "start"))
    assert len(copies) == len(expected) - 1 > 10
    for before, copy in zip(expected[1:], copies, strict=True):
        recorder, told = taken_up(copy, machine.boot)
        assert told == []
        if before.position.name == "idle":
            assert recorder.interruption is None and recorder.state.record == Record()
        else:
            assert recorder.interruption == journal_recorder.Interruption(0.0, True)
            check_nothing_lost(before, recorder.state, fresh=True)
        recorder.close()


@pytest.mark.parametrize("morning", MORNINGS)
@pytest.mark.parametrize("name", ["urgent", "phrase", "read-back refused twice"])
def test_what_stands_depends_on_how_long_it_was(name: str, morning: str, tmp_path: Path) -> None:
    """D11: within 15 minutes of the same boot all answers stand; otherwise yes and doubt do, and every "no" goes."""
    machine = Machine()
    later, fresh = known(machine, morning)
    expected = states(events_of(CONVERSATIONS[name], STARTS.get(name, "start")))
    for before, copy in zip(
        expected[1:],
        copies_at_every_event(CONVERSATIONS[name], tmp_path / "journal", machine.boot, STARTS.get(name, "start")),
        strict=True,
    ):
        recorder, _ = taken_up(copy, later.boot)
        conversation = TypedConversation(*parts(), Silent(), recorder=recorder)
        conversation._clock.at_s = recorder.starts_at_s
        recorder.begin(conversation.session)
        conversation.session.settle()
        after = conversation.session.state
        if positives(after.record) != positives(before.record):
            raise AssertionError((before, after))
        assert parts()[0].triage.causes(after.record) == parts()[0].triage.causes(before.record)
        if parts()[0].triage.disposition(after.record) != "call_911":  # then nothing is asked before 911 is said
            assert dict(after.record.answers) == (dict(before.record.answers) if fresh else positives(before.record)), (
                before
            )
        recorder.close()


def test_it_asks_whether_it_is_the_same_child_and_goes_on(tmp_path: Path) -> None:
    """D11: a heard yes goes on with the question that was being asked; the end has every answer."""
    machine = Machine()
    written_until(["no", "no", "no"], tmp_path, machine.boot)
    writer = gone_on(tmp_path, machine.boot, "yes", "yes", "stop")
    assert [line.id for line in writer.turns[0].said] == ["interrupted"]
    asked = [turn.asked and (turn.asked.kind, turn.asked.id) for turn in writer.turns]
    assert asked[:3] == [("confirmation", "same_child"), ("question", "E4"), ("standby", "call_911")]
    assert writer.ended == ("call_911", ("E4",), {"E1": "no", "E2": "no", "E3": "no", "E4": "yes"})


def test_another_child_gets_none_of_the_answers(tmp_path: Path) -> None:
    """D11: "no" to the same child begins anew."""
    machine = Machine()
    written_until(URGENT, tmp_path, machine.boot)
    writer = gone_on(tmp_path, machine.boot, "no", "no")
    assert writer.ended == ("incomplete", (), {"E1": "no"})


def test_interrupted_again_and_again(tmp_path: Path) -> None:
    """Every line in a process of its own: the answers are those of one conversation, and time never goes back."""
    machine = Machine()
    written_until(["no"], tmp_path, machine.boot)
    for line in ("no", "maybe", "maybe"):
        machine.at_s += 60.0
        written_until(["yes", line], tmp_path, machine.boot)
    recorder, _ = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert dict(recorder.state.record.answers) == {"E1": "no", "E2": "no", "E3": "unsure"}
    stored = stored_in(tmp_path, machine)
    times = [entry.event.at_s for entry in stored]
    assert times == sorted(times) and times[-1] >= 180.0
    resumed = [entry.event for entry in stored if isinstance(entry.event, Resumed)]
    assert [(event.away_s, event.same_boot) for event in resumed] == [(60.0, True)] * 3


def stored_in(folder: Path, machine: Machine) -> list:  # type: ignore[type-arg]
    journal = open_journal(folder, machine.boot)
    journal.close()
    assert journal.running
    return list(journal.running.entries)


@pytest.mark.parametrize(("boot_id", "boot_s"), [("one", 1300.0), ("two", 3.0), ("two", 99_999.0), ("", 0.0)])
def test_the_sessions_clock_goes_on(boot_id: str, boot_s: float, tmp_path: Path) -> None:
    """C6: by the boot clock on the same boot, from the last event where the time is not known."""
    machine = Machine()
    written_until(["no", "", "+5m"], tmp_path, machine.boot)
    last = stored_in(tmp_path, machine)[-1]
    recorder, _ = taken_up(tmp_path, Machine(boot_id, boot_s).boot)
    recorder.close()
    away_s = 300.0 if boot_id == "one" else 0.0
    assert recorder.starts_at_s == last.now_s + away_s
    assert recorder.offset_s + boot_s == pytest.approx(recorder.starts_at_s)
    assert recorder.starts_at_s >= last.event.at_s


# --- updates and gaps ------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_after_an_update_yes_and_doubt_stand(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each event: another content, grammar or core keeps yes and doubt by their ids, and asks the rest again."""
    machine = Machine()
    expected = states(events_of(CONVERSATIONS[name], STARTS.get(name, "start")))
    copies = copies_at_every_event(CONVERSATIONS[name], tmp_path / "journal", machine.boot, STARTS.get(name, "start"))
    monkeypatch.setattr(journal_recorder, "digest", lambda: "another version")
    for before, copy in zip(expected[1:], copies, strict=True):
        if before.position.name == "idle":
            continue
        for _ in range(2):  # and again: the first start after the update dies before it has said anything
            recorder, told = taken_up(copy, machine.boot)
            recorder.close()
            assert told == [] and recorder.interruption == journal_recorder.Interruption(None, False)
            check_nothing_lost(before, recorder.state, fresh=False)


def test_after_an_update_the_conversation_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The urgency stands, every question without a yes is asked again, and the new version's journal is whole."""
    machine = Machine()
    written_until(URGENT, tmp_path, machine.boot)
    monkeypatch.setattr(journal_recorder, "digest", lambda: "another version")
    written_until(["yes", "no"], tmp_path, machine.boot)
    recorder, told = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert told == [] and recorder.interruption == journal_recorder.Interruption(0.0, True)
    yes_and_doubt = positives(states(events_of(URGENT))[-1].record)
    assert len(yes_and_doubt) > 1
    assert dict(recorder.state.record.answers) == {**yes_and_doubt, "E1": "no"}
    assert parts()[0].triage.disposition(recorder.state.record) == "call_provider_now"


@pytest.mark.parametrize(
    ("kept", "disposition"),
    [
        ({"answers": [["E9", "yes"]], "disposition": "call_911"}, "call_911"),
        ({"answers": [["E9", "unsure"], ["R2", "yes"]], "disposition": "call_911"}, "call_911"),
        ({"answers": [["R99", "yes"]], "disposition": "call_provider_now"}, "call_provider_now"),
        ({"answers": [["F99", "yes"]], "disposition": "follow_up"}, None),
        ({"answers": [], "phrase": True, "disposition": "call_911"}, "call_911"),
        ({"answers": [], "unresolved": ["urgent", "gone"], "disposition": "call_provider_now"}, "call_provider_now"),
    ],
)
def test_a_sign_that_is_no_question_any_more_lowers_nothing(
    kept: dict[str, object], disposition: str | None, tmp_path: Path
) -> None:
    """D1: where an update took a question away, what its yes came to stands all the same."""
    machine = Machine()
    journal = open_journal(tmp_path, machine.boot)
    journal.begin("an older version", json.dumps({"phrase": False, "unresolved": []} | kept))
    journal.close()
    recorder, told = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert told == []
    assert parts()[0].triage.disposition(recorder.state.record) == disposition
    assert gone_on(tmp_path, machine.boot).ended


def test_events_that_come_to_something_else_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same digest but another result, or a core that raises: only yes and doubt stand."""
    machine = Machine()
    written_until(URGENT, tmp_path, machine.boot)
    before = states(events_of(URGENT))[-1]

    def raises(self: object, state: object, event: Event) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(type(parts()[0]), "step", raises)
    recorder, _ = taken_up(tmp_path, machine.boot)
    recorder.close()
    check_nothing_lost(before, recorder.state, fresh=False)


def test_a_journal_with_a_gap_keeps_yes_and_doubt_alone(tmp_path: Path) -> None:
    """Once an event could not be written, no "no" of before is believed: it may have been corrected since."""
    machine = Machine()
    written_until(URGENT, tmp_path, machine.boot)
    (tmp_path / "journal.whole").unlink()
    recorder, told = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert told == [] and recorder.interruption == journal_recorder.Interruption(None, False)
    check_nothing_lost(states(events_of(URGENT))[-1], recorder.state, fresh=False)


def test_the_digest_is_of_the_whole_core() -> None:
    """The rooms it is made of are those of the core, so that no change of the rules goes unnoticed."""
    names = {path.name for path in journal_recorder.deciding_files()}
    assert names >= {
        "events.py",
        "state.py",
        "triage_rules.py",
        "conversation.py",
        "universal_commands.py",
        "questions.toml",
        "lines.toml",
    }
    assert {path.suffix for path in journal_recorder.deciding_files()} == {".py", ".toml", ".yaml"}


def test_a_changed_file_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One character of one file, or its name, makes another digest."""
    digest = journal_recorder.digest.__wrapped__
    file = tmp_path / "a.toml"
    monkeypatch.setattr(journal_recorder, "deciding_files", lambda: [file])
    file.write_text("one")
    digests = {digest()}
    file.write_text("two")
    digests.add(digest())
    file = file.rename(tmp_path / "b.toml")
    digests.add(digest())
    assert len(digests) == 3


# --- the end ---------------------------------------------------------------------------------


def test_what_is_over_is_erased(tmp_path: Path) -> None:
    """No word of a finished conversation is in any file, and the next one begins at its beginning."""
    machine = Machine()
    lines = ["no", "the purple walrus", "no", "stop", "yes"]
    seen = []

    def look(count: int) -> None:
        seen.append(any(b"purple walrus" in path.read_bytes() for path in tmp_path.iterdir()))

    written_until(lines, tmp_path, machine.boot, after_each=look)
    assert True in seen and seen[-1] is False
    assert not any(b"purple" in path.read_bytes() or b"Heard" in path.read_bytes() for path in tmp_path.iterdir())
    recorder, told = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert told == [] and recorder.interruption is None


def test_what_is_to_be_kept_is_kept(tmp_path: Path) -> None:
    """With ``keep`` every event of a finished conversation can be read, and nothing is resumed."""
    machine = Machine()
    for _ in range(2):
        recorder = journal_recorder.open_recorder(parts()[0], tmp_path, print, keep=True, boot=machine.boot)
        assert recorder.interruption is None
        TypedConversation(*parts(), Silent(), recorder=recorder).run(["no", "yes"])
        recorder.close()
    journal = open_journal(tmp_path, machine.boot)
    finished = journal.finished()
    journal.close()
    assert len(finished) == 2 and journal.running is None
    for stored in finished:
        assert states(entry.event for entry in stored.entries)[-1].position.name == "idle"
        assert dict(states(entry.event for entry in stored.entries)[-2].record.answers) == {"E1": "no", "E2": "yes"}


def test_standing_by_writes_nothing(tmp_path: Path) -> None:
    """Between two conversations there is nothing of a child to be written."""
    machine = Machine()
    recorder, _ = taken_up(tmp_path, machine.boot)
    typed = TypedConversation(*parts(), Silent(), recorder=recorder)
    typed.run(["no", "stop", "yes"])
    typed.session.ended = None
    for meaning in ("repeat", "louder", "help", "repeat"):
        typed.session.press(meaning)
        typed.session.settle()
    recorder.close()
    journal = open_journal(tmp_path, machine.boot)
    journal.close()
    assert journal.running is None


def test_the_next_conversation_has_a_journal_again(tmp_path: Path) -> None:
    """A disk that was full for one conversation is tried again for the next; each is told of once."""
    machine = Machine()
    told: list[str] = []
    other, _ = taken_up(tmp_path, machine.boot)
    recorder = journal_recorder.open_recorder(parts()[0], tmp_path, told.append, boot=machine.boot)
    typed = TypedConversation(*parts(), Silent(), recorder=recorder)
    typed.run(["no", "yes"])
    assert len(told) == 1
    typed.run(["no", "yes"])
    assert len(told) == 2
    other.close()
    typed.session.start()
    typed.session.settle()
    for meaning in ("no", "no"):
        typed.session.post(Posted(None, Pressed(0.0, meaning)))
        typed.session.settle()
    assert len(told) == 2
    recorder.close()
    again, _ = taken_up(tmp_path, machine.boot)
    again.close()
    assert dict(again.state.record.answers) == {"E1": "no", "E2": "no"}


# --- anything --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(300 if EVERYTHING else 25))
def test_anything_interrupted_anywhere(seed: int, tmp_path: Path) -> None:
    """Random words, killed again and again, on this boot, later or another: nothing is lost, nothing invented."""
    dice = random.Random(seed)
    triage = parts()[0].triage
    words = ["yes", "maybe", "go back", "I meant yes", "stop", "wait", "", "+3m", "tv", "start over", "repeat", "next"]
    machine = Machine()
    for _ in range(12):
        recorder, told = taken_up(tmp_path, machine.boot)
        assert told == []
        writer = Silent()
        typed = TypedConversation(*parts(), writer, recorder=recorder)
        lines = [dice.choice(words) if dice.random() < 0.4 else "no" for _ in range(dice.randrange(1, 14))]
        if recorder.interruption:
            lines = ["yes", *lines]
        with suppress(ZeroDivisionError):
            typed.run(line if at < len(lines) else str(1 // 0) for at, line in enumerate([*lines, ""]))
        before = typed.session.state
        recorder.close()
        morning = dice.choice(list(MORNINGS))
        later, fresh = known(machine, morning)
        machine = Machine(f"{morning} {dice.random()}" if later.id != "one" else machine.id, max(0.0, later.at_s))
        recorder, told = taken_up(tmp_path, machine.boot)
        recorder.close()
        assert told == []
        if before.position.name == "idle":
            assert recorder.interruption is None
            continue
        assert recorder.interruption and recorder.state == before
        after, _ = parts()[0].step(recorder.state, Resumed(0.0, recorder.interruption.away_s, fresh))
        assert positives(after.record) == positives(before.record)
        assert triage.causes(after.record) == triage.causes(before.record)
        assert set(after.record.answers) <= set(before.record.answers)
