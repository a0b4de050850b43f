"""``talk``: the voice conversation on this machine's microphone and loudspeaker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from rich.console import Console

from voice_backcare import content, conversation, grammar
from voice_backcare.inbox import Inbox
from voice_backcare.resuming import Recorder, open_recorder, state_folder
from voice_backcare.session import Session
from voice_backcare.settings import Settings
from voice_backcare.speech.clock import SystemClock
from voice_backcare.speech.machine import MachineSettings, open_machine
from voice_backcare.speech.synthesiser import DEFAULT_VOICE
from voice_backcare.terminal.keys import keys
from voice_backcare.terminal.talk_screen import TalkScreen


def machine_settings(settings: Settings) -> MachineSettings:
    """What of the settings is the machine's."""
    return MachineSettings(
        microphone=settings.microphone,
        loudspeaker=settings.loudspeaker,
        voice=settings.voice or DEFAULT_VOICE,
        rate_wpm=settings.rate_wpm,
        gain_db=settings.volume_db,
        spelled=settings.personal.spelled,
    )


def talk(
    settings: Settings,
    console: Console,
    *,
    once: bool,
    start: str = "start",
    ended: Callable[[Session], None] = lambda session: None,
) -> None:
    """One conversation after the other, the first begun by ``start``; ``once``: only that.

    An interrupted one is taken up again (D11). ``ended`` is called after each. Raises ``SpeechError`` where the
    machine cannot hear or speak.
    """
    facts = content.personalise(content.load(), settings.personal)
    core = conversation.build(facts, give_up_s=settings.give_up_s, no_input_s=settings.no_input_s)
    screen = TalkScreen(console, settings.emergency_number)
    with closing(open_recorder(core, state_folder(), screen.notice, keep=settings.keep_sessions)) as recorder:
        _converse(settings, core, screen, recorder, ended, once=once, start=start)


def _converse(
    settings: Settings,
    core: conversation.Conversation,
    screen: TalkScreen,
    recorder: Recorder,
    ended: Callable[[Session], None],
    *,
    once: bool,
    start: str,
) -> None:
    words = grammar.load(number=settings.emergency_number)
    clock, inbox = SystemClock(recorder.offset_s), Inbox()
    machine = open_machine(
        inbox.post,
        clock,
        words.match,
        words.phrases,
        machine_settings(settings),
        decoys=words.decoys,
        level=screen.level,
    )
    try:
        machine.mouth.prepare(core.prompts.ahead())
        session = Session(core, machine.ears, machine.mouth, screen, clock, inbox=inbox)
        with keys(session.press):
            recorder.begin(session, start)
            session.run()
            ended(session)
            while not once:
                session.stand_by()
                session.run()
                ended(session)
    finally:
        machine.close()
