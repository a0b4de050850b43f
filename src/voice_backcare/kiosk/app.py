"""``kiosk``: the voice conversation with a page beside it; by touch alone where there is no sound."""

from __future__ import annotations

import contextlib
import os
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voice_backcare.audio.available_devices import open_sound_devices
from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.level_advice import LevelAdvice, machine_settings
from voice_backcare.journal.kiosk_recorder import KioskRecorder
from voice_backcare.journal.recorder import kiosk_folder, this_machines_boot
from voice_backcare.kiosk.gpio.hardware import PinSettings, open_hardware
from voice_backcare.kiosk.hotplug import Refit
from voice_backcare.kiosk.log_throttle import bound_the_log
from voice_backcare.kiosk.null_devices import SilentMouth, SwitchedEars, patient
from voice_backcare.kiosk.screen import layouts as books
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.kiosk.session_loop import ABANDONED_S, Attendant
from voice_backcare.kiosk.volume_reset import Manners
from voice_backcare.kiosk.watchdog import Service
from voice_backcare.kiosk.web.server import PageServer
from voice_backcare.session.factory import build_core
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import SoundDevices
from voice_backcare.session.session import Session
from voice_backcare.settings.schema import Settings
from voice_backcare.system.monotonic_clock import SystemClock

_ALSA_DEVICES = Path("/proc/asound/pcm")


def kiosk(settings: Settings, tell: Callable[[str], None], *, port: int, browser: bool) -> None:
    """Serve the page and talk, until interrupted. ``PortTaken`` where the port is in use."""
    bound_the_log()
    with contextlib.ExitStack() as undo:
        wall = _Wall(settings, tell, port, undo)
        wall.server.start()
        wall.refit.fit()
        tell(f"The page is at {wall.server.url} (Ctrl-C ends the program)")
        if browser:
            _open_browser(wall.server.url)
        wall.attendant.run(lambda: wall.recorder.begin(wall.session, "repeat"))


class _Wall:
    """What hangs on the wall: the session with its ports, the page and the buttons, and who looks after all of it."""

    def __init__(self, settings: Settings, tell: Callable[[str], None], port: int, undo: contextlib.ExitStack) -> None:
        made = build_core(replace(settings.conversation, give_up_s=ABANDONED_S))
        book = books.load(made.conversation.prompts.content, settings.emergency_number)
        core = patient(
            made.conversation,
            lambda: self._screen.view.microphone == "on" and self._screen.view.loudspeaker == "on",
        )
        self.recorder = KioskRecorder(core, tell)
        undo.callback(self.recorder.close)
        self.recorder.open(kiosk_folder(), this_machines_boot())
        clock, inbox = SystemClock(self.recorder.offset_s), Inbox()
        self._screen = screen = KioskScreen(book, clock)
        ears = SwitchedEars(inbox.post, clock, screen.ears_open)
        silent = SilentMouth(inbox.post, clock)
        advice = LevelAdvice(LevelWatch(), core.prompts, clock)
        self.session = Session(core, ears, silent, screen, clock, inbox=inbox, advise=advice)

        def sound() -> SoundDevices:
            chosen = replace(machine_settings(settings), raise_mixer=True)
            ahead = core.prompts.ahead()
            return open_sound_devices(chosen, made.words, ears.post, clock, screen.level, tell, ahead, advice)

        self.refit = Refit(self.session, screen, ears, silent, sound, _plugged_in)
        undo.callback(self.refit.close)
        self.attendant = Attendant(self.session, screen, ears, frozenset(book.buttons), self._beat)
        press = self.attendant.press
        self.server = PageServer(screen.snapshot, press, port)
        undo.callback(self.server.close)
        self._service = Service(self.session, screen, clock, self.refit.alive_at_s)
        undo.callback(self._service.close)
        self._hardware = open_hardware(pin_settings(settings), book, screen.snapshot, press, clock, tell)
        undo.callback(self._hardware.close)
        self._manners = Manners(self.session)
        screen.changed, screen.heard_level = self._changed, self.server.watchers.level
        screen.volume = self._manners.volume

    def _changed(self) -> None:
        self.server.watchers.changed()
        self._hardware.changed()

    def _beat(self) -> None:
        self.server.check()
        self.refit.look()
        self._manners.look()
        if self._screen.view.ended is None and self.session.state.position.name == "idle":
            self.recorder.cleared()
        self._service.beat()


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


def _open_browser(url: str) -> None:
    """On a desktop only: elsewhere it would be a text browser, in the terminal that the program has."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
