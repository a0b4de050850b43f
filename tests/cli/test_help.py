"""The help of the commands: whole, in sections, with examples that work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from voice_backcare.cli.command_group import EXAMPLES, SECTIONS, first_sentence
from voice_backcare.cli.main import cli

FILES = ("answers.txt", "answer.wav", "other.flac", "model.zip")


def helped(*arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments, "--help"], prog_name="voice-backcare", terminal_width=80)
    assert result.exit_code == 0, result.output
    return result.output


def leaves() -> list[list[str]]:
    """The words of every command, those of the groups too."""
    found = []
    for name, command in sorted(cli.commands.items()):
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, each] for each in sorted(command.commands)]
    return found


def test_every_command_stands_in_one_section_and_has_examples() -> None:
    """A command that is added must be told: in a section of the help, and with an example."""
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(cli.commands)
    assert sorted(EXAMPLES) == sorted(cli.commands)


def test_the_list_of_commands_cuts_nothing() -> None:
    """At 80 columns the first sentence of each command is there to its last word."""
    text = " ".join(helped().split())
    assert "..." not in text.replace("[ARGS]...", "")
    for command in cli.commands.values():
        assert first_sentence(command) in text


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_no_line_of_the_help_is_longer_than_a_terminal(words: list[str]) -> None:
    """Nothing is wrapped by the terminal itself, and every option is explained."""
    text = helped(*words)
    assert [line for line in text.splitlines() if len(line) > 80] == []
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert [each.name for each in command.params if isinstance(each, click.Option) and not each.help] == []


def test_usual_values_are_shown() -> None:
    """What holds where an option is not given stands beside it."""
    text = " ".join(helped("talk").split())
    for usual in ("words a minute: 105 to 245. [default: 180]", "3 to 60. [default: 6,10,15]", "[default: off]"):
        assert usual in text
    assert "[default: tcp://127.0.0.1:10911]" in " ".join(helped("wyoming").split())


@pytest.mark.parametrize(
    "line", [line for rows in EXAMPLES.values() for line, _ in rows], ids=lambda line: str(line).replace(" ", "_")
)
def test_every_example_can_be_typed(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example is understood as it stands, once the files that it names are there."""
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        (tmp_path / name).touch()
    words = shlex.split(re.split(r" [<>] ", line)[0])
    context = click.Context(cli)
    command: click.Command = cli
    while words and isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found
        command = found
    command.make_context(line, words)


def test_a_shell_completes_commands_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/using/command-line.md tells to put into .bashrc names the command, and completion finds its words."""
    from click.shell_completion import BashComplete

    found = BashComplete(cli, {}, "voice-backcare", "_VOICE_BACKCARE_COMPLETE").get_completions(["talk"], "--verb")
    assert [each.value for each in found] == ["--verbose"]
