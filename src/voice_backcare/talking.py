"""``talk``: the voice conversation on this machine's microphone and loudspeaker."""

from __future__ import annotations

from rich.console import Console

from voice_backcare import content, conversation, grammar
from voice_backcare.session import Inbox, Session
from voice_backcare.settings import Settings
from voice_backcare.speech.clock import SystemClock
from voice_backcare.speech.machine import MachineSettings, open_machine
from voice_backcare.speech.mouth import DEFAULT_RATE_WPM
from voice_backcare.speech.synthesiser import DEFAULT_VOICE
from voice_backcare.terminal.keys import keys
from voice_backcare.terminal.talk_screen import TalkScreen


def talk(settings: Settings, console: Console, *, once: bool, start: str = "start") -> None:
    """One conversation after the other, the first begun by ``start``; ``once``: only that.

    Raises ``SpeechError`` where the machine cannot hear or speak.
    """
    words = grammar.load()
    core = conversation.build(content.load(), give_up_s=settings.give_up_s)
    clock, inbox, screen = SystemClock(), Inbox(), TalkScreen(console)
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
            session.start(start)
            session.run()
            while not once:
                session.stand_by()
                session.run()
    finally:
        machine.close()
