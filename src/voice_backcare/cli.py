"""The command ``voice-backcare`` and its subcommands. Everything heavy is imported where it is used."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_backcare import __version__
from voice_backcare.kiosk_command import kiosk_command
from voice_backcare.model_command import model_group

if TYPE_CHECKING:
    from rich.console import Console

    from voice_backcare.conversation import Conversation
    from voice_backcare.grammar import Grammar
    from voice_backcare.speech.recogniser import VoskRecogniser

EXIT_INTERRUPTED = 130
EXIT_OUTPUT_CLOSED = 3
EXIT_BROKEN_INSTALLATION = 4
EXIT_UNREADABLE_ANSWERS = 2
EXIT_NOT_WRITABLE = 5
EXIT_NO_VOICE = 16
EXIT_TALK_WOULD_NOT_WORK = 6


class Fault(click.ClickException):
    """A clear sentence on standard error, and an exit status of its own."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click reads it from the instance


class _OutputClosed(Exception):
    """Nobody reads standard output any more."""


@contextmanager
def faults() -> Iterator[None]:
    """Every fault that is known gets its sentence and its exit status."""
    from voice_backcare.content import ContentError
    from voice_backcare.grammar import GrammarError
    from voice_backcare.ports import VoiceError

    try:
        yield
    except (ContentError, GrammarError) as error:
        message = f"The installation is broken: {error}. Install the program again."
        raise Fault(message, EXIT_BROKEN_INSTALLATION) from error
    except VoiceError as error:
        raise Fault(f"The voice does not work: {error}. Run: voice-backcare doctor", EXIT_NO_VOICE) from error
    except BrokenPipeError as error:
        raise _OutputClosed from error  # click would make a silent exit of it
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if isinstance(code, int) and not isinstance(error, click.ClickException | click.exceptions.Exit):
            raise Fault(str(error), code) from error
        raise


class _Commands(click.Group):
    """The group of all commands, each run within ``faults``."""

    def invoke(self, ctx: click.Context) -> Any:
        with faults():
            return super().invoke(ctx)


def _answers(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise Fault(f"The answers file {path} cannot be read: {reason}.", EXIT_UNREADABLE_ANSWERS) from error


def _core() -> tuple[Conversation, Grammar]:
    from voice_backcare import content, conversation, grammar

    return conversation.build(content.load()), grammar.load()


def _recogniser(grammar: Grammar) -> VoskRecogniser:
    from voice_backcare.speech import model
    from voice_backcare.speech.recogniser import VoskRecogniser

    return VoskRecogniser(model.ready(), grammar.phrases, grammar.decoys, grammar.match)


def _console() -> Console:
    from rich.console import Console

    class OurConsole(Console):
        def on_broken_pipe(self) -> None:
            raise _OutputClosed

    return OurConsole(highlight=False, soft_wrap=True)


_ANSWERS = click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take the answers from this file, one a line; an empty line is silence.",
)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="voice-backcare")
def cli() -> None:
    """Red-flag questions and home care for a child's back spasm, spoken and offline.

    A guide, not a doctor. In an emergency call 911.
    """


@cli.command()
@click.option("--microphone", metavar="NAME", help="The microphone: its name, a part of it, or its number.")
@click.option("--loudspeaker", metavar="NAME", help="The loudspeaker: its name, a part of it, or its number.")
@click.option("--voice", metavar="ID", help="An espeak-ng voice, such as gmw/en-us.")
@click.option("--rate", type=click.IntRange(105, 245), default=180, show_default=True, help="Words a minute.")
@click.option("--once", is_flag=True, help="End after one conversation, rather than wait for the next.")
def talk(microphone: str | None, loudspeaker: str | None, voice: str | None, rate: int, once: bool) -> None:
    """The voice conversation on this machine's microphone and loudspeaker."""
    from voice_backcare.settings import Settings
    from voice_backcare.speech.errors import NoLoudspeaker, NoMicrophone

    settings = Settings(microphone=microphone, loudspeaker=loudspeaker, voice=voice, rate_wpm=rate)
    console = _console()
    from voice_backcare import talking

    try:
        talking.talk(settings, console, once=once)
        return
    except (NoMicrophone, NoLoudspeaker) as error:
        if microphone or loudspeaker:
            raise
        _without_sound(str(error), console)


def _without_sound(reason: str, console: Console) -> None:
    """Text for the person at the terminal; where nobody is there, a rehearsal."""
    if sys.stdin.isatty():
        console.print(f"{reason} So we go on in writing.")
        run_typed(None)
    else:
        console.print(f"{reason} Nobody is at the terminal either, so this is a rehearsal with made-up answers.")
        run_rehearsal(None, None)


@cli.command()
def doctor() -> None:
    """Check model, voice, microphone, loudspeaker, disk and clock."""
    from voice_backcare import doctor as checks

    results = checks.run_checks()
    checks.print_report(results, _console())
    if not checks.talk_would_work(results):
        raise click.exceptions.Exit(EXIT_TALK_WOULD_NOT_WORK)


@cli.command()
@_ANSWERS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for other programs.")
def simulate(answers: Path | None, as_json: bool) -> None:
    """The conversation as text: typed answers, or a file of them."""
    if not as_json:
        run_typed(answers)
        return
    from voice_backcare.terminal.json_lines import JsonWriter
    from voice_backcare.terminal.typed import TypedConversation

    conversation, grammar = _core()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr] # JSON is, whatever the terminal
    lines = _answers(answers) if answers else sys.stdin
    TypedConversation(conversation, grammar, JsonWriter(sys.stdout), notices=answers is not None).run(lines)


def run_typed(answers: Path | None) -> None:
    """``simulate`` for a person, and what ``talk`` does where there is no microphone."""
    from voice_backcare.terminal.friendly import FriendlyWriter, typed_lines
    from voice_backcare.terminal.typed import TypedConversation

    conversation, grammar = _core()
    at_terminal = answers is None and sys.stdin.isatty()
    writer = FriendlyWriter(_console(), hints=at_terminal, echo=not at_terminal)
    typed = TypedConversation(conversation, grammar, writer, keys=True, notices=answers is not None)
    typed.run(_answers(answers) if answers else typed_lines(prompt=at_terminal))


@cli.command()
@_ANSWERS
@click.option(
    "--wav", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the program's lines there."
)
def rehearse(answers: Path | None, wav: Path | None) -> None:
    """The conversation with synthesised answers, really recognised: no microphone or loudspeaker needed.

    Without --answers: "no" to every question.
    """
    run_rehearsal(_answers(answers) if answers else None, wav)


def run_rehearsal(answers: list[str] | None, wav: Path | None) -> None:
    """``rehearse``, and what ``talk`` does where there is no microphone and nobody at a terminal."""
    from voice_backcare.rehearsal import Rehearsal, WaveOut
    from voice_backcare.speech.synthesiser import Synthesiser
    from voice_backcare.terminal.friendly import FriendlyWriter

    conversation, grammar = _core()
    recogniser = _recogniser(grammar)
    voice = Synthesiser()
    try:
        if wav and wav.exists() and not wav.is_file():
            raise Fault(f"{wav} is no ordinary file. Name another one.", EXIT_NOT_WRITABLE)
        wave_out = WaveOut(wav) if wav else None
    except OSError as error:
        raise Fault(f"{wav} cannot be written: {error.strerror}. Name another file.", EXIT_NOT_WRITABLE) from error
    writer = FriendlyWriter(_console(), hints=False, echo=True)
    try:
        Rehearsal(conversation, grammar, recogniser, voice, voice, writer, wave_out).run(answers)
        if wave_out:
            wave_out.close()
            wave_out = None
    except OSError as error:
        raise Fault(f"{wav or 'A file'} cannot be written: {error.strerror}.", EXIT_NOT_WRITABLE) from error
    finally:
        voice.close()
        if wave_out:
            wave_out.discard()


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def hear(files: tuple[str, ...]) -> None:
    """What each audio FILE (WAV or FLAC, any rate) answers to a question: one JSON line each."""
    import json

    from voice_backcare.speech.hearing import hear_file

    _, grammar = _core()
    recogniser = _recogniser(grammar)
    for file in files:
        click.echo(json.dumps(hear_file(file, recogniser, grammar.match), ensure_ascii=False))


@cli.command()
def protocol() -> None:
    """Print what is asked, why, and from where, as one page of Markdown."""
    from voice_backcare import content
    from voice_backcare.protocol import markdown

    click.echo(markdown(content.load()), nl=False)


cli.add_command(kiosk_command)
cli.add_command(model_group)


def main() -> None:
    """Run the command; a traceback never reaches the user."""
    sys.exit(_status())


def _forgive_characters() -> None:
    """What is no text, or cannot be shown on this terminal, must not end a conversation."""
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _open_missing_streams() -> None:
    """Python has None for a stream that its parent closed: input is then at its end, and messages go nowhere."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - open as long as the program
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123


def _tell(sentence: str) -> None:
    with suppress(OSError):
        click.echo(sentence, err=True)


def _give_up_output() -> None:
    """What is left in the buffer can go nowhere; without this, Python complains at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _status() -> int:
    _open_missing_streams()
    if sys.stdout is None:
        _tell("The output is closed, so nothing can be shown.")
        return EXIT_OUTPUT_CLOSED
    _forgive_characters()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything is put away
    try:
        status = cli.main(prog_name="voice-backcare", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell("Stopped.")
        return EXIT_INTERRUPTED
    except (_OutputClosed, BrokenPipeError):
        _give_up_output()
        _tell("The output was closed, so this ends here.")
        return EXIT_OUTPUT_CLOSED
    except OSError as error:
        _give_up_output()
        _tell(f"Something could not be written: {error.strerror or error}.")
        return EXIT_NOT_WRITABLE
