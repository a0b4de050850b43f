"""``kiosk``: the voice conversation with a page beside it; by touch alone where there is no sound."""

from __future__ import annotations

import contextlib
import os
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from voice_backcare import grammar
from voice_backcare.assembly import core as build_core
from voice_backcare.events import Line
from voice_backcare.inbox import Inbox
from voice_backcare.kiosk import book as books
from voice_backcare.kiosk.attendant import ABANDONED_S, Attendant
from voice_backcare.kiosk.hardware import PinSettings, open_hardware
from voice_backcare.kiosk.manners import Manners
from voice_backcare.kiosk.recording import KioskRecorder
from voice_backcare.kiosk.refit import Refit, Sound
from voice_backcare.kiosk.screen import KioskScreen
from voice_backcare.kiosk.seldom import bound_the_log
from voice_backcare.kiosk.server import PageServer
from voice_backcare.kiosk.service import Service
from voice_backcare.kiosk.standing_in import SilentMouth, SwitchedEars, patient
from voice_backcare.ports import Mouth, Post
from voice_backcare.resuming import kiosk_folder, this_machines_boot
from voice_backcare.session import Session
from voice_backcare.settings import Settings
from voice_backcare.speech.clock import SystemClock
from voice_backcare.speech.ears import SpokenEars
from voice_backcare.speech.errors import SpeechError
from voice_backcare.speech.levels import LevelWatch
from voice_backcare.speech.machine import open_machine
from voice_backcare.speech.partly import open_ears, open_mouth
from voice_backcare.talking import LevelAdvice, machine_settings

_ALSA_DEVICES = Path("/proc/asound/pcm")
_WITHOUT = {  # whether it hears, whether it speaks
    (False, True): "So it speaks, and is answered by touch.",
    (True, False): "So it is read, and answered by voice or touch.",
    (False, False): "So it is read, and answered by touch.",
}


def kiosk(settings: Settings, tell: Callable[[str], None], *, port: int, browser: bool) -> None:
    """Serve the page and talk, until interrupted. ``PortTaken`` where the port is in use."""
    bound_the_log()
    made = build_core(settings, give_up_s=ABANDONED_S)
    words = made.words
    book = books.load(made.conversation.prompts.content, settings.emergency_number)
    core = patient(
        made.conversation,
        lambda: screen.view.microphone == "on" and screen.view.loudspeaker == "on",
    )
    recorder = KioskRecorder(core, tell)
    recorder.open(kiosk_folder(), this_machines_boot())
    clock, inbox = SystemClock(recorder.offset_s), Inbox()
    screen = KioskScreen(book, clock)
    ears = SwitchedEars(inbox.post, clock, screen.ears_open)
    silent = SilentMouth(inbox.post, clock)
    advice = LevelAdvice(LevelWatch(), core.prompts, clock)
    session = Session(core, ears, silent, screen, clock, inbox=inbox, advise=advice)
    attendant = Attendant(session, screen, ears, frozenset(book.buttons))
    server = PageServer(screen.snapshot, attendant.press, port)
    hardware = open_hardware(pin_settings(settings), book, screen.snapshot, attendant.press, clock, tell)
    manners = Manners(session)

    def changed() -> None:
        server.watchers.changed()
        hardware.changed()

    screen.changed, screen.heard_level = changed, server.watchers.level
    screen.volume = manners.volume

    def open_sound() -> Sound:
        return _sound(settings, words, ears.post, clock, screen, tell, core.prompts.ahead(), advice)

    refit = Refit(session, screen, ears, silent, open_sound, _plugged_in)

    service = Service(session, screen, clock, refit.alive_at_s)

    def beat() -> None:
        server.check()
        refit.look()
        manners.look()
        if screen.view.ended is None and session.state.place.name == "idle":
            recorder.cleared()
        service.beat()

    attendant.beat = beat
    try:
        server.start()
        refit.fit()
        tell(f"The page is at {server.url} (Ctrl-C ends the program)")
        if browser:
            _open_browser(server.url)
        attendant.run(lambda: recorder.begin(session, "repeat"))
    finally:
        hardware.close()
        service.close()
        server.close()
        refit.close()
        recorder.close()


def pin_settings(settings: Settings) -> PinSettings:
    """What of the settings is a GPIO pin's."""
    return PinSettings(
        settings.gpio_yes, settings.gpio_no, settings.gpio_unsure, settings.gpio_start, settings.gpio_light
    )


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
    advice: LevelAdvice,
) -> Sound:
    """Both, else what there is of them: the page does for the other."""
    chosen = replace(machine_settings(settings), raise_mixer=True)
    try:
        machine = open_machine(post, clock, words.match, words.phrases, chosen, decoys=words.decoys, meter=screen.level)
    except SpeechError as error:
        tell(str(error))
    else:
        machine.mouth.prepare(ahead)
        advice.levels = machine.levels
        return Sound(machine.ears, machine.mouth, machine.close, lambda: machine.ears.alive_at_s)
    ears: SpokenEars | None = None
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
                    levels=advice.levels,
                    meter=screen.level,
                )
                undo.callback(close_ears)
        tell(_WITHOUT[ears is not None, mouth is not None])
        alive_at_s = None if ears is None else partial(getattr, ears, "alive_at_s")
        return Sound(ears, mouth, undo.pop_all().close, alive_at_s)


def _open_browser(url: str) -> None:
    """On a desktop only: elsewhere it would be a text browser, in the terminal that the program has."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
