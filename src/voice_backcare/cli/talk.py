"""The command ``talk``: the voice conversation on this machine's microphone and loudspeaker."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import closing

from rich.console import Console

from voice_backcare.audio.errors import NoModel
from voice_backcare.audio.level_advice import LevelAdvice, machine_settings
from voice_backcare.audio.machine import RECOGNISER, Machine, open_machine
from voice_backcare.core.events import DeviceLost, Event, Failed, Finished, Line
from voice_backcare.journal.recorder import Recorder, open_recorder, state_folder
from voice_backcare.session.factory import Core, build_core
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.session import Session
from voice_backcare.settings.schema import Settings
from voice_backcare.system.errors import Terminated
from voice_backcare.system.monotonic_clock import SystemClock
from voice_backcare.system.paths import program
from voice_backcare.terminal.keys import keys
from voice_backcare.terminal.talk_screen import TalkScreen

_LOG = logging.getLogger(__name__)
_LAST_LINE_S = 15.0
_LAST_TURNS = 1_000_000_000  # turns that no session has


def talk(
    settings: Settings,
    console: Console,
    *,
    once: bool,
    start: str = "start",
    ended: Callable[[Session], None] = lambda session: None,
) -> None:
    """Run one conversation after the other, the first begun by ``start``. ``once``: only that one.

    An interrupted conversation is resumed (D11). ``ended``: called after each. Raises ``SpeechError`` where the machine
    cannot hear or speak.
    """
    made = build_core(settings.conversation)
    screen = TalkScreen(console, made.conversation.prompts)
    with closing(
        open_recorder(made.conversation, state_folder(), screen.notice, keep=settings.keep_sessions)
    ) as recorder:
        try:
            _converse(settings, made, screen, recorder, ended, once=once, start=start)
        except KeyboardInterrupt as error:
            if not isinstance(error, Terminated):
                recorder.given_up()
            raise


def _converse(
    settings: Settings,
    made: Core,
    screen: TalkScreen,
    recorder: Recorder,
    ended: Callable[[Session], None],
    *,
    once: bool,
    start: str,
) -> None:
    core, words = made.conversation, made.words
    clock, inbox = SystemClock(recorder.offset_s), Inbox()
    screen.follow(clock.now_s)
    machine = open_machine(
        inbox.post,
        clock,
        words,
        machine_settings(settings),
        meter=screen.level,
    )
    try:
        machine.mouth.prepare(core.prompts.ahead())
        advice = LevelAdvice(machine.levels, core.prompts, clock)
        session = Session(
            core,
            machine.ears,
            machine.mouth,
            screen,
            clock,
            inbox=inbox,
            advise=advice,
            hears_over_speech=lambda: machine.ears.full_duplex,
        )
        with keys(session.press):
            recorder.begin(session, start, also=_noted)
            session.run()
            ended(session)
            while not once:
                session.stand_by()
                session.run()
                ended(session)
    except NoModel:
        _say_last(machine, inbox, (core.prompts.line("recogniser_none"), *core.prompts.safety_net()))
        raise
    finally:
        machine.close()


def _noted(event: Event) -> None:
    """Log that ``event`` happened, never what was said in it; end a conversation that nobody could answer."""
    _LOG.debug("%s at %.2f s", type(event).__name__, event.at_s)
    _end_deaf(event)


def _end_deaf(event: Event) -> None:
    """Raise ``NoModel`` where speech cannot be recognised and there are no keys either, so that nobody could answer."""
    if isinstance(event, DeviceLost) and event.device == RECOGNISER and not sys.stdin.isatty():
        raise NoModel(
            "The model that understands speech is here but cannot be used. Is there enough memory? "
            f"Close other programs and try again, or fetch it anew: {program()} model fetch"
        )


def _say_last(machine: Machine, inbox: Inbox, lines: Iterable[Line]) -> None:
    """Say these lines to their end, so that a person who is not at the screen learns of the fault too."""
    for turn, line in enumerate(lines, start=_LAST_TURNS):
        machine.mouth.say(line, turn)
        while posted := inbox.take(_LAST_LINE_S):
            if posted.turn == turn and isinstance(posted.what, Finished | Failed):
                break
