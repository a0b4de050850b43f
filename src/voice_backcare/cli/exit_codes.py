"""Exit statuses of the commands: one table from the class of an exception to its status.

docs/running/faults.md has the same table for users; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum

import click

from voice_backcare.system.paths import program


class ExitStatus(IntEnum):
    """Status that a command ends with when it did not do its work; 0 is success."""

    BAD_USAGE = 2
    OUTPUT_CLOSED = 3
    BROKEN_INSTALLATION = 4
    NOT_WRITABLE = 5
    TALK_WOULD_NOT_WORK = 6
    JOURNAL = 7
    SETTINGS = 8
    NOTHING_KEPT = 9
    SPEECH = 10
    NO_MODEL = 11
    NO_MICROPHONE = 12
    NO_LOUDSPEAKER = 13
    DEVICE_BUSY = 14
    NO_PORTAUDIO = 15
    NO_VOICE = 16
    PORT_TAKEN = 17
    EXTRA_NOT_INSTALLED = 18
    PAGE_GONE = 19
    BROKEN_SOUND_SYSTEM = 28
    INTERRUPTED = 130


class Fault(click.ClickException):
    """Error of a command: a sentence for standard error, and the exit status."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click reads it from the instance


class OutputClosed(Exception):
    """Error: nobody reads standard output any more."""


class ExtraNotInstalled(Exception):
    """Error: the libraries of an extra are missing; ``str()`` names the extra."""


def statuses() -> Mapping[type[Exception], ExitStatus]:
    """Status of every exception that ends a command with a sentence; a class stands for its subclasses too.

    It is a function because these modules are imported only where something went wrong. None of them imports a library
    that may be missing.
    """
    from voice_backcare.assistants.errors import BadAddress
    from voice_backcare.audio import errors as audio
    from voice_backcare.audio.engines.registry import UnknownEngine
    from voice_backcare.cli.summary import NothingKept, SummaryNotWritable
    from voice_backcare.core.content import ContentError
    from voice_backcare.core.grammar.matcher import GrammarError
    from voice_backcare.core.understanding.lexicon import LexiconError
    from voice_backcare.journal.folder import JournalError
    from voice_backcare.kiosk.errors import PageGone
    from voice_backcare.session.ports import VoiceError
    from voice_backcare.settings.schema import SettingsError
    from voice_backcare.system.data_digests import DataDamaged
    from voice_backcare.system.errors import PortTaken

    return {
        BadAddress: ExitStatus.BAD_USAGE,
        ContentError: ExitStatus.BROKEN_INSTALLATION,
        DataDamaged: ExitStatus.BROKEN_INSTALLATION,
        LexiconError: ExitStatus.BROKEN_INSTALLATION,
        GrammarError: ExitStatus.BROKEN_INSTALLATION,
        SummaryNotWritable: ExitStatus.NOT_WRITABLE,
        JournalError: ExitStatus.JOURNAL,
        SettingsError: ExitStatus.SETTINGS,
        UnknownEngine: ExitStatus.SETTINGS,
        NothingKept: ExitStatus.NOTHING_KEPT,
        audio.SpeechError: ExitStatus.SPEECH,
        audio.NoModel: ExitStatus.NO_MODEL,
        audio.NoMicrophone: ExitStatus.NO_MICROPHONE,
        audio.NoLoudspeaker: ExitStatus.NO_LOUDSPEAKER,
        audio.DeviceBusy: ExitStatus.DEVICE_BUSY,
        audio.NoPortAudio: ExitStatus.NO_PORTAUDIO,
        audio.BrokenSoundSystem: ExitStatus.BROKEN_SOUND_SYSTEM,
        audio.NoVoice: ExitStatus.NO_VOICE,
        VoiceError: ExitStatus.NO_VOICE,
        PortTaken: ExitStatus.PORT_TAKEN,
        ExtraNotInstalled: ExitStatus.EXTRA_NOT_INSTALLED,
        PageGone: ExitStatus.PAGE_GONE,
    }


# What stands around the text of an exception whose ``str()`` is no sentence for the user.
_SENTENCES = {
    "ContentError": "The installation is broken: {}. Install the program again.",
    "LexiconError": "The installation is broken: {}. Install the program again.",
    "GrammarError": "The installation is broken: {}. Install the program again.",
    "VoiceError": "The voice does not work: {}. Run: {program} doctor",
}


def fault_of(error: Exception) -> Fault | None:
    """Sentence and status of ``error``; None where neither its class nor a base of it is in the table."""
    table = statuses()
    for kind in type(error).__mro__:
        if kind in table:
            return Fault(_SENTENCES.get(kind.__name__, "{}").format(error, program=program()), table[kind])
    return None


@contextmanager
def faults() -> Iterator[None]:
    """Context manager: turns an exception of the table into a ``Fault``, and a closed output into ``OutputClosed``."""
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosed from error  # click would exit with 1 and say nothing
    except Exception as error:
        if fault := fault_of(error):
            raise fault from error
        raise
