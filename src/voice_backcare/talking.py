"""``talk``: the voice conversation on this machine's microphone and loudspeaker."""

from __future__ import annotations

from contextlib import closing

from rich.console import Console

from voice_backcare import content, conversation, grammar
from voice_backcare.resuming import Recorder, open_recorder, state_folder
from voice_backcare.inbox import Inbox
from voice_backcare.session import Session
from voice_backcare.settings import Settings
from voice_backcare.speech.clock import SystemClock
from voice_backcare.speech.machine import MachineSettings, open_machine
from voice_backcare.speech.mouth import DEFAULT_RATE_WPM
from voice_backcare.speech.synthesiser import DEFAULT_VOICE
from voice_backcare.terminal.keys import keys
from voice_backcare.terminal.talk_screen import TalkScreen


def talk(settings: Settings, console: Console, *, once: bool, keep: bool = False, start: str = "start") -> None:
    """One conversation after the other, the first begun by ``start``; ``once``: only that.

    An interrupted one is taken up again (D11). ``keep``: what is finished is not erased.
    Raises ``SpeechError`` where the machine cannot hear or speak.
    """
    core = conversation.build(content.load(), give_up_s=settings.give_up_s)
    screen = TalkScreen(console)
    with closing(open_recorder(core, state_folder(), screen.notice, keep=keep)) as recorder:
        _converse(settings, core, screen, recorder, once=once, start=start)


def _converse(
    settings: Settings,
    core: conversation.Conversation,
    screen: TalkScreen,
    recorder: Recorder,
    *,
    once: bool,
    start: str,
) -> None:
    words = grammar.load()
    clock, inbox = SystemClock(recorder.offset_s), Inbox()
    machine = open_machine(
        inbox.post,
        clock,
        words.match,
        words.phrases,
        MachineSettings(
            microphone=settings.microphone,
            loudspeaker=settings.loudspeaker,
            voice=settings.voice or DEFAULT_VOICE,
            rate_wpm=settings.rate_wpm or DEFAULT_RATE_WPM,
        ),
        decoys=words.decoys,
        level=screen.level,
    )
    try:
        machine.mouth.prepare(core.prompts.ahead())
        session = Session(core, machine.ears, machine.mouth, screen, clock, inbox=inbox)
        with keys(session.press):
            recorder.begin(session, start)
            session.run()
            while not once:
                session.stand_by()
                session.run()
    finally:
        machine.close()
