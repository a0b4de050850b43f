"""Conversations as the commands run them: spoken, typed, as JSON, or rehearsed. Heavy imports happen where they are
needed.
"""

from __future__ import annotations

import io
import sys
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_backcare.cli.exit_codes import ExitStatus, Fault, OutputClosed
from voice_backcare.cli.summary import SummaryFile
from voice_backcare.settings.schema import Settings
from voice_backcare.system.ordinary_file import read_ordinary

if TYPE_CHECKING:
    from rich.console import Console

    from voice_backcare.core.grammar.matcher import Grammar
    from voice_backcare.journal.recorder import Recorder
    from voice_backcare.session.factory import Core
    from voice_backcare.session.ports import Recogniser


_ANSWERS_MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """What a command was asked to run. ``answers``: file of answers. ``start``: what begins the conversation.
    ``summary``: file that gets the summary.
    """

    settings: Settings
    answers: Path | None = None
    start: str = "start"
    summary: SummaryFile | None = None


def answers_in(path: Path) -> list[str]:
    """Lines of the answers file. Raises ``Fault`` where it is no text file, or is longer than any conversation."""
    try:
        return read_ordinary(path, _ANSWERS_MOST_BYTES).decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Fault(f"The answers file {path} cannot be read: {reason}.", ExitStatus.BAD_USAGE) from error


def recogniser(words: Grammar, name: str) -> Recogniser:
    """The recogniser of this name, loaded, for the phrases of ``words``. Raises ``UnknownEngine`` or ``NoModel``."""
    from voice_backcare.audio.engines.registry import recogniser_engine

    return recogniser_engine(name).loader(None, words)()


def console() -> Console:
    """Terminal output, which raises ``OutputClosed`` where nobody reads it any more."""
    from rich.console import Console

    class OurConsole(Console):
        def on_broken_pipe(self) -> None:
            raise OutputClosed

    return OurConsole(highlight=False, soft_wrap=True)


def utf_8_output() -> None:
    """Switch standard output to UTF-8 for JSON, whatever the terminal uses; bytes that are no text (in a file's name)
    are escaped.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def tell(sentence: str) -> None:
    """Write ``sentence`` to standard error; nothing happens where that is closed."""
    with suppress(OSError):
        click.echo(sentence, err=True)


def spoken(run: Run, *, once: bool) -> None:
    """The voice conversation; where there is nothing to hear or speak with, and none was named, in writing."""
    from voice_backcare.audio.errors import BrokenSoundSystem, NoLoudspeaker, NoMicrophone, NoModel
    from voice_backcare.cli import talk

    summary = run.summary
    ended = (lambda session: None) if summary is None else summary.write if once else summary.try_to_write
    shown = console()
    try:
        talk.talk(run.settings, shown, once=once, start=run.start, ended=ended)
    except (NoMicrophone, NoLoudspeaker) as error:
        if run.settings.microphone or run.settings.loudspeaker:
            raise
        _without_sound(str(error), shown, run)
    except BrokenSoundSystem as error:
        _without_sound(str(error), shown, run)
    except NoModel as error:
        if not sys.stdin.isatty() and run.start == "start":
            raise  # a rehearsal needs the model too
        _without_sound(str(error), shown, run)


def _without_sound(reason: str, shown: Console, run: Run) -> None:
    """Run the conversation in writing for a person at the terminal; without one, a rehearsal, or ice and heat in
    writing.
    """
    if sys.stdin.isatty() or run.start != "start":
        from voice_backcare.session.factory import build_core

        shown.print(f"{reason} So we go on in writing.")
        typed(run, build_core(run.settings.conversation))
    else:
        shown.print(f"{reason} Nobody is at the terminal either, so this is a rehearsal with made-up answers.")
        rehearsed(Run(run.settings), None)


def written(run: Run, *, as_json: bool, journal: Path | None) -> None:
    """Run the conversation as text, or as JSON lines; it is recorded where ``journal`` is a folder."""
    from voice_backcare.cli.forget import written_down
    from voice_backcare.session.factory import build_core

    made = build_core(run.settings.conversation)
    with written_down(made.conversation, journal, tell, keep=run.settings.keep_sessions) as recorder:
        (json_lines if as_json else typed)(run, made, recorder)


def json_lines(run: Run, core: Core, recorder: Recorder | None) -> None:
    """Run the conversation with one JSON object a line, and answers from a file or standard input."""
    from voice_backcare.terminal.json_writer import JsonWriter
    from voice_backcare.terminal.text_conversation import TypedConversation

    utf_8_output()
    lines = answers_in(run.answers) if run.answers else sys.stdin
    writer = JsonWriter(sys.stdout)
    notices = run.answers is not None
    talk = TypedConversation(core.conversation, core.words, writer, notices=notices, recorder=recorder)
    talk.run(lines, start=run.start)
    if run.summary:
        run.summary.write(talk.session)


def typed(run: Run, core: Core, recorder: Recorder | None = None) -> None:
    """Run the conversation as text for a person."""
    from voice_backcare.terminal.human_writer import FriendlyWriter, typed_lines
    from voice_backcare.terminal.text_conversation import TypedConversation

    from_file = run.answers is not None
    at_terminal = not from_file and sys.stdin.isatty()
    writer = FriendlyWriter(console(), core.conversation.prompts, hints=at_terminal, echo=not at_terminal)
    talk = TypedConversation(
        core.conversation, core.words, writer, keys=True, notices=from_file, recorder=recorder
    )  # fmt: skip
    talk.run(answers_in(run.answers) if run.answers else typed_lines(prompt=at_terminal), start=run.start)
    if run.summary:
        run.summary.write(talk.session)


def rehearsed(run: Run, wav: Path | None) -> None:
    """Run the conversation with synthesised answers. ``wav``: file that gets the program's own speech."""
    from voice_backcare.audio.engines.registry import voice_engine
    from voice_backcare.cli.rehearse import Rehearsal, wave_file
    from voice_backcare.session.factory import build_core
    from voice_backcare.terminal.human_writer import FriendlyWriter

    answers = answers_in(run.answers) if run.answers else None
    made = build_core(run.settings.conversation)
    voice = voice_engine(run.settings.voice_engine).make(run.settings.voice, spelled=run.settings.personal.spelled)
    heard = recogniser(made.words, run.settings.recogniser)
    if wav and wav.exists() and not wav.is_file():
        raise Fault(f"{wav} is no ordinary file. Name another one.", ExitStatus.NOT_WRITABLE)
    writer = FriendlyWriter(console(), made.conversation.prompts, hints=False, echo=True)
    try:
        with wave_file(wav) if wav else nullcontext() as keep:
            Rehearsal(made.conversation, made.words, heard, voice, voice, writer, keep).run(answers)
    except OSError as error:
        raise Fault(
            f"{wav or 'A file'} cannot be written: {error.strerror}." + (" Name another file." if wav else ""),
            ExitStatus.NOT_WRITABLE,
        ) from error
    finally:
        voice.close()
