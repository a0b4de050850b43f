"""When a conversation is over, nothing of it is in any file: not its answers, not its words, not its prompts."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from below_sqlite import Disk, Written, watched
from crashes import CONVERSATIONS, STARTS, URGENT, Machine, Silent, gone_on, parts, taken_up, written_until
from dying_server import Server, serving

from voice_backcare.audio.output.prompt_cache import PromptCache
from voice_backcare.audio.output.synthesis_queue import Prompts
from voice_backcare.fakes.speech import FakeVoice
from voice_backcare.journal import recorder as journal_recorder
from voice_backcare.journal.recorder import open_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

# Of an event, an answer, or what was heard; the tables' own definition has none of these.
TRACES = re.compile(rb'"is":|Heard|Pressed|Fired|"answers"|"[EFRS]\d"|unsure|purple|walrus|call_911|"(?:ice|heat)"')
OVER = ["stop", "yes", "stop", "stop"]
RATE_WPM = 165


def traces(folder: Path) -> dict[str, list[bytes]]:
    """What is found in the files below the folder, and in their names."""
    found = {
        str(path): TRACES.findall(path.read_bytes() + b"\n" + path.name.encode())
        for path in folder.rglob("*")
        if path.is_file()
    }
    return {name: hits for name, hits in found.items() if hits}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_nothing_is_left_of_a_conversation(name: str, tmp_path: Path) -> None:
    """Whatever was said in it: traces while it runs, none once it is over, and the next one begins at its beginning."""
    machine = Machine()
    seen = []
    lines = [CONVERSATIONS[name][0], "the purple walrus", *CONVERSATIONS[name][1:], *OVER]
    start = STARTS.get(name, "start")
    written_until(
        lines, tmp_path, machine.boot, start=start, after_each=lambda count: seen.append(bool(traces(tmp_path)))
    )
    assert True in seen and traces(tmp_path) == {}
    recorder, told = taken_up(tmp_path, machine.boot)
    recorder.close()
    assert told == [] and recorder.interruption is None


@pytest.mark.parametrize("boot_id", ["one", "two"])
@pytest.mark.parametrize("updated", [False, True])
def test_nothing_is_left_of_one_that_was_interrupted(
    boot_id: str, updated: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken up, on whatever boot and version, and ended."""
    written_until([*URGENT, "the purple walrus"], tmp_path, Machine().boot)
    assert traces(tmp_path)
    if updated:
        monkeypatch.setattr(journal_recorder, "digest", lambda: "another version")
    assert gone_on(tmp_path, Machine(boot_id, 2000.0).boot, "yes", "maybe", *OVER).ended
    assert traces(tmp_path) == {}


@pytest.fixture(scope="module")
def real() -> Iterator[Server]:
    """Real processes of the real command."""
    with serving() as server:
        yield server


@pytest.mark.parametrize("command", [["simulate"], ["coach", "ice"], ["coach", "heat"]], ids=" ".join)
def test_the_real_process_leaves_nothing(command: list[str], real: Server, tmp_path: Path) -> None:
    """Killed in the middle, started again, and ended: only an empty journal, for its owner alone."""
    folder = tmp_path / "journal"
    arguments = [*command, "--json", "--journal", str(folder)]
    real.events(arguments, ["yes", "the purple walrus", "+21m"], dying=("after", 8))
    assert traces(folder)
    real.events(arguments, ["yes", "maybe", "the purple walrus", *OVER])
    assert traces(folder) == {}
    assert {path.name for path in folder.iterdir()} <= {"journal.db", "journal.db-wal", "journal.lock"}
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]} == {0}


def test_nothing_is_left_where_the_journal_was_lost(tmp_path: Path) -> None:
    """A disk that fails in the middle and comes back: what was written until then goes with the end, too."""
    for number in range(20, 60, 4):
        left, folder, told = number, tmp_path / str(number), list[str]()

        def fail(written: Written) -> None:
            nonlocal left
            left -= 1
            if -3 < left < 0:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

        with watched(Disk(before=fail)):
            recorder = open_recorder(parts()[0], folder, told.append, boot=Machine().boot)
            TypedConversation(*parts(), Silent(), recorder=recorder).run([*URGENT, "the purple walrus", *OVER])
            recorder.close()
        assert len(told) == 1 and "goes on" in told[0]
        assert traces(folder) == {}, number


def test_only_prompts_that_every_child_gets_are_kept(tmp_path: Path) -> None:
    """Whatever was answered, the same files are on the disk; a line that names this child's signs is in none."""
    core = parts()[0]
    ahead = [line.text for line in core.prompts.ahead()]
    voice, said = FakeVoice(), set[str]()
    cache = PromptCache(voice, tmp_path)
    prompts = Prompts(cache)
    prompts.prepare(ahead, RATE_WPM)
    for name in ("urgent", "first yes", "hour of heat"):
        lines = [*CONVERSATIONS[name], "what do I tell them"]

        def speak(text: str) -> None:
            said.add(text)
            prompts.wanted(text, RATE_WPM).result(5)

        typed = TypedConversation(*parts(), Silent(), voice=lambda line: speak(line.text))
        typed.run(lines, start=STARTS.get(name, "start"))
    prompts.close()
    personal = said - set(ahead)
    assert any("trouble walking" in text or "You said" in text for text in personal), personal
    everybody = {cache._path(cache._key(text, RATE_WPM)).name for text in ahead}
    assert {path.name for path in tmp_path.iterdir()} <= everybody
    assert said & set(ahead)
