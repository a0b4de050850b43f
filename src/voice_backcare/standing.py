"""``kiosk``: the voice conversation with a page beside it; by touch alone where there is no sound."""

from __future__ import annotations

import contextlib
import os
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from voice_backcare import grammar
from voice_backcare.assembly import core as build_core
from voice_backcare.events import Line
from voice_backcare.inbox import Inbox
from voice_backcare.kiosk import book as books
from voice_backcare.kiosk.attendant import ABANDONED_S, Attendant
from voice_backcare.kiosk.refit import Refit, Sound
from voice_backcare.kiosk.screen import KioskScreen
from voice_backcare.kiosk.server import PageServer
from voice_backcare.kiosk.standing_in import SilentMouth, SwitchedEars, patient
from voice_backcare.ports import Ears, Mouth, Post
from voice_backcare.session import Session
from voice_backcare.settings import Settings
from voice_backcare.speech.clock import SystemClock
from voice_backcare.speech.errors import SpeechError
from voice_backcare.speech.machine import open_machine
from voice_backcare.speech.partly import open_ears, open_mouth
from voice_backcare.talking import machine_settings

_ALSA_DEVICES = Path("/proc/asound/pcm")
_WITHOUT = {  # whether it hears, whether it speaks
    (False, True): "So it speaks, and is answered by touch.",
    (True, False): "So it is read, and answered by voice or touch.",
    (False, False): "So it is read, and answered by touch.",
}


def kiosk(settings: Settings, tell: Callable[[str], None], *, port: int, browser: bool) -> None:
    """Serve the page and talk, until interrupted. ``PortTaken`` where the port is in use."""
    clock, inbox = SystemClock(), Inbox()
    made = build_core(settings, give_up_s=ABANDONED_S)
    words = made.words
    book = books.load(made.conversation.prompts.content, settings.emergency_number)
    screen = KioskScreen(book, clock)
    ears = SwitchedEars(inbox.post, clock, screen.ears_open)
    core = patient(
        made.conversation,
        lambda: screen.view.microphone == "on" and screen.view.loudspeaker == "on",
    )
    silent = SilentMouth(inbox.post, clock)
    session = Session(core, ears, silent, screen, clock, inbox=inbox)
    attendant = Attendant(session, screen, ears, frozenset(book.buttons))
    server = PageServer(screen.snapshot, attendant.press, port)
    screen.changed, screen.heard_level = server.watchers.changed, server.watchers.level

    def open_sound() -> Sound:
        return _sound(settings, words, ears.post, clock, screen, tell, core.prompts.ahead())

    refit = Refit(session, screen, ears, silent, open_sound, _plugged_in)

    def beat() -> None:
        server.check()
        refit.look()

    attendant.beat = beat
    try:
        server.start()
        refit.fit()
        tell(f"The page is at {server.url} (Ctrl-C ends the program)")
        if browser:
            _open_browser(server.url)
        attendant.run()
    finally:
        server.close()
        refit.close()


def _plugged_in() -> str:
    """What ALSA knows of: changes when a device is plugged in, or is found late at the start."""
    try:
        return _ALSA_DEVICES.read_text()
    except OSError:
        return ""


def _sound(
    settings: Settings,
    words: grammar.Grammar,
    post: Post,
    clock: SystemClock,
    screen: KioskScreen,
    tell: Callable[[str], None],
    ahead: tuple[Line, ...],
) -> Sound:
    """Both, else what there is of them: the page does for the other."""
    chosen = machine_settings(settings)
    try:
        machine = open_machine(post, clock, words.match, words.phrases, chosen, decoys=words.decoys, meter=screen.level)
    except SpeechError as error:
        tell(str(error))
    else:
        machine.mouth.prepare(ahead)
        return Sound(machine.ears, machine.mouth, machine.close)
    ears: Ears | None = None
    mouth: Mouth | None = None
    with contextlib.ExitStack() as undo:
        with contextlib.suppress(SpeechError):
            mouth, close_mouth = open_mouth(post, clock, chosen)
            undo.callback(close_mouth)
            mouth.prepare(ahead)
        if mouth is None:
            with contextlib.suppress(SpeechError):
                ears, close_ears = open_ears(
                    post,
                    clock,
                    words.match,
                    words.phrases,
                    chosen,
                    decoys=words.decoys,
                    meter=screen.level,
                )
                undo.callback(close_ears)
        tell(_WITHOUT[ears is not None, mouth is not None])
        return Sound(ears, mouth, undo.pop_all().close)


def _open_browser(url: str) -> None:
    """On a desktop only: elsewhere it would be a text browser, in the terminal that the program has."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
