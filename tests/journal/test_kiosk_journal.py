"""What a kiosk tells after a power cut: 911 and a pack that may be on; of everything else nothing is left."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from crashes import CONVERSATIONS, STARTS, Machine, events_of, parts, sampled, written_until
from recorded import decide
from test_journal_faults import small_disk

from voice_backcare.cli.doctor import check_record
from voice_backcare.cli.main import cli
from voice_backcare.core.events import Pressed, Resumed, Say
from voice_backcare.core.state import Record, State
from voice_backcare.journal import forget
from voice_backcare.journal import recorder as journal_recorder
from voice_backcare.journal.folder import DATABASE, FAULT
from voice_backcare.journal.kiosk_recorder import KioskRecorder, still_told

STEP = 6


def kiosk_recorder(folder: Path, boot_id: str = "one") -> tuple[KioskRecorder, list[str]]:
    told: list[str] = []
    recorder = KioskRecorder(parts()[0], told.append)
    recorder.open(folder, Machine(boot_id).boot)
    return recorder, told


def rows(folder: Path) -> list[str]:
    """All that is in the journal's tables."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        return [str(row) for table in ("session", "event") for row in database.execute(f"SELECT * FROM {table}")]


@pytest.mark.parametrize("name", CONVERSATIONS)
@pytest.mark.parametrize("boot_id", ["one", "another"])
def test_a_power_cut_at_an_event(name: str, boot_id: str, tmp_path: Path) -> None:
    """Wherever it comes: 911 by what stood for it, or "off", or an idle screen and no trace of an answer."""
    triage, events = parts()[0].triage, events_of(CONVERSATIONS[name], STARTS.get(name, "start"))
    looked_at = {number for number, _ in sampled(list(enumerate(events)), STEP)}
    folder, copies = tmp_path / "journal", []
    recorder, _ = kiosk_recorder(folder)
    for number, event in enumerate(events):
        decide(parts()[0], recorder, event)
        if number in looked_at and recorder.state.position.name != "idle":
            copies.append((recorder.state, tmp_path / f"{number}"))
            shutil.copytree(folder, copies[-1][1])
    recorder.close()
    for state, copy in copies:
        again, told = kiosk_recorder(copy, boot_id)
        again.close()
        danger = triage.disposition(state.record) == "call_911"
        worn = state.treatment is not None and (state.treatment.may_be_worn or state.treatment.left_on)
        resumed = again.interruption is not None
        assert told == [] and resumed == (danger or worn)
        if not resumed:
            assert again.state == State() and rows(copy) == []
        else:
            after, _ = parts()[0].step(again.state, Resumed(again.starts_at_s, None, False))
            shown = ("outcome", "call_911") if danger else ("coach", "off")
            assert (after.position.name, after.position.id) == shown
            assert "no" not in dict(after.record.answers).values()
            assert danger or after.record == Record()


def test_a_second_power_cut(tmp_path: Path) -> None:
    """What was resumed is resumed again, and again nothing but that."""
    recorder, _ = kiosk_recorder(tmp_path)
    for event in events_of(["no", "maybe", "maybe"]):
        decide(parts()[0], recorder, event)
    recorder.close()
    assert recorder.state.position.id == "call_911"
    for boot_id in ("two", "three"):
        again, _ = kiosk_recorder(tmp_path, boot_id)
        assert dict(again.state.record.answers) == {"E2": "unsure"}
        decide(parts()[0], again, Resumed(again.starts_at_s, None, False))
        again.close()


def test_beside_a_pack_no_answer_is_kept(tmp_path: Path) -> None:
    """A pack is on after a "yes" and a doubt: the next family hears of the pack, and of no answer (D11)."""
    lines = [*["no"] * 6, "yes", *["no"] * 9, "yes", "maybe", "maybe", "yes", "no", "no", "yes", "ice", "yes"]
    recorder, _ = kiosk_recorder(tmp_path)
    for event in events_of(lines):
        decide(parts()[0], recorder, event)
    recorder.close()
    state = recorder.state
    assert (
        state.treatment
        and state.treatment.may_be_worn
        and {"yes", "unsure"} <= set(dict(state.record.answers).values())
    )
    again, _ = kiosk_recorder(tmp_path, "another")
    again.close()
    assert again.state.treatment and again.state.treatment.alone and again.state.record == Record()
    stored = "".join(rows(tmp_path))
    assert stored and not [question for question, _ in state.record.answers if f'"{question}"' in stored]
    more = {"answers": [["R1", "yes"]], "phrase": True, "unresolved": ["urgent"], "disposition": "call_provider_now"}
    assert json.loads(still_told(json.dumps({**more, "worn": ["ice", False, "2", 3.0, 5.0]})) or "") == {
        "answers": [],
        "phrase": False,
        "unresolved": [],
        "disposition": None,
        "worn": ["ice", True, "2", 3.0, 5.0],
    }


def test_911_with_a_pack_on(tmp_path: Path) -> None:
    """Ice was on as somebody called for help: 911 first, then "take it off" (D5)."""
    recorder, _ = kiosk_recorder(tmp_path)
    for event in events_of(["no", "yes", "+5m", "call 911"], "start_ice"):
        decide(parts()[0], recorder, event)
    recorder.close()
    again, _ = kiosk_recorder(tmp_path, "another")
    again.close()
    _, actions = parts()[0].step(again.state, Resumed(again.starts_at_s, None, False))
    said = [line.id for action in actions if isinstance(action, Say) for line in action.lines]
    assert said[0] == "call_911" and "coach_take_off" in said, said


def danger_that_has_ended(folder: Path) -> KioskRecorder:
    recorder, _ = kiosk_recorder(folder)
    for event in events_of(["yes"]):
        decide(parts()[0], recorder, event)
    decide(parts()[0], recorder, Pressed(100.0, "stop"))
    while recorder.state.position.name != "idle":
        for event in events_of(["yes"])[-1:]:  # the end of what was being said
            decide(parts()[0], recorder, event)
    return recorder


def test_911_stands_until_it_is_cleared(tmp_path: Path) -> None:
    """The conversation is over, the number is still on the screen: after a power cut it is there again."""
    danger_that_has_ended(tmp_path).close()
    again, _ = kiosk_recorder(tmp_path, "another")
    assert again.interruption is not None and dict(again.state.record.answers) == {"E1": "yes"}
    again.close()


def test_what_is_cleared_is_erased(tmp_path: Path) -> None:
    """By hand, after its time, or by the next who begins: nothing of it is in any file."""
    recorder = danger_that_has_ended(tmp_path)
    recorder.cleared()
    recorder.close()
    assert rows(tmp_path) == []
    recorder = danger_that_has_ended(tmp_path)
    for event in events_of(["no"]):
        decide(parts()[0], recorder, event)
    recorder.cleared()
    recorder.close()
    assert rows(tmp_path) != [] and not any('"yes"' in row for row in rows(tmp_path))
    again, _ = kiosk_recorder(tmp_path)
    again.close()
    assert again.interruption is None and rows(tmp_path) == []


def test_what_is_damaged_is_erased(tmp_path: Path) -> None:
    """Nobody looks into what a kiosk puts aside, and it would grow: told once, and gone."""
    written_until(["no", "maybe"], tmp_path, Machine().boot)
    damaged = tmp_path / DATABASE
    damaged.write_bytes(b"not what was written" * 500)
    recorder, told = kiosk_recorder(tmp_path)
    assert len(told) == 1 and "is erased" in told[0]
    assert not [path for path in tmp_path.iterdir() if "aside" in path.name]
    for event in events_of(["yes"]):
        decide(parts()[0], recorder, event)
    recorder.close()
    assert kiosk_recorder(tmp_path)[0].interruption is not None


def test_an_update_changes_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the program tells the same: 911 stands, a "no" is gone."""
    for lines in (["no", "yes"], ["no", "no"]):
        folder = tmp_path / lines[-1]
        with monkeypatch.context() as patch:
            patch.setattr(journal_recorder, "digest", lambda: "an older one")
            assert written_until(lines, folder, Machine().boot) == []
        recorder, told = kiosk_recorder(folder, "another")
        recorder.close()
        assert told == []
        assert dict(recorder.state.record.answers) == ({"E2": "yes"} if "yes" in lines else {})
        assert (recorder.interruption is not None) == ("yes" in lines)


def test_a_read_only_disk(tmp_path: Path) -> None:
    """A word says so, once a conversation, and it goes on; nothing is left of it."""
    with small_disk(tmp_path / "disk", "size=100k,mode=700") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        recorder, told = kiosk_recorder(disk)
        for _ in range(2):
            for event in events_of(["no", "yes"]):
                decide(parts()[0], recorder, event)
            decide(parts()[0], recorder, Pressed(100.0, "stop"))
            decide(parts()[0], recorder, events_of(["yes"])[-1])
            assert recorder.state == State()
            recorder.cleared()
        assert len(told) == 2 and all("ead-only" in sentence for sentence in told)
        assert list(disk.iterdir()) == []


def test_forget_erases_the_kiosks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``forget`` knows where ``kiosk`` writes: beside ``talk``, or where systemd says."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for folder in (tmp_path / "voice-backcare" / "kiosk", tmp_path / "given"):
        recorder, _ = kiosk_recorder(folder)
        for event in events_of(["no", "yes"]):
            decide(parts()[0], recorder, event)
        recorder.close()
        assert "is erased" in CliRunner().invoke(cli, "forget").output
        assert list(folder.iterdir()) == []
        monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}/given:/elsewhere")


def test_a_replay_that_fails_leaves_its_traceback_and_doctor_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The conversation goes on by what was kept; where it failed, not what was said, stays for ``doctor`` to tell."""
    recorder, _ = kiosk_recorder(tmp_path)
    for event in events_of(["no", "maybe", "maybe"]):
        decide(parts()[0], recorder, event)
    recorder.close()

    words = "she is " + "ill"

    def broken(self: object, state: State, event: object) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr(type(parts()[0]), "step", broken)
    again, _ = kiosk_recorder(tmp_path)
    again.close()
    assert dict(again.state.record.answers) == {"E2": "unsure"}
    assert f"RuntimeError: {words}" in caplog.text and "Traceback" in caplog.text
    left = (tmp_path / FAULT).read_text()
    assert "in broken" in left and "RuntimeError" in left and words not in left
    check = check_record([tmp_path])
    assert check.status == "warn" and str(tmp_path / FAULT) in check.says
    forget(tmp_path)
    assert check_record([tmp_path]).status == "ok"
