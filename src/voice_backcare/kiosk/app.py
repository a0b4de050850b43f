"""The kiosk application: the voice conversation with a page beside it, or the page alone where there is no sound."""

from __future__ import annotations

import contextlib
import os
import threading
import webbrowser
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from voice_backcare.audio.available_devices import open_sound_devices
from voice_backcare.audio.devices.levels import LevelWatch
from voice_backcare.audio.level_advice import LevelAdvice, machine_settings
from voice_backcare.core.events import Line
from voice_backcare.core.state import NO
from voice_backcare.journal import Boot
from voice_backcare.journal.kiosk_recorder import KioskRecorder
from voice_backcare.journal.recorder import kiosk_folder, this_machines_boot
from voice_backcare.kiosk.gpio.hardware import PinSettings, open_hardware
from voice_backcare.kiosk.hotplug import Hotplug
from voice_backcare.kiosk.log_throttle import bound_the_log
from voice_backcare.kiosk.null_devices import SilentMouth, SwitchedEars, reading_time
from voice_backcare.kiosk.screen import layouts as books
from voice_backcare.kiosk.screen.screen import KioskScreen
from voice_backcare.kiosk.screen.wording import on_the_wall
from voice_backcare.kiosk.session_loop import ABANDONED_S, SessionLoop
from voice_backcare.kiosk.volume_reset import VolumeReset
from voice_backcare.kiosk.watchdog import Watchdog
from voice_backcare.kiosk.web.server import PageServer
from voice_backcare.kiosk.worded_mouth import WordedMouth
from voice_backcare.session.factory import build_core
from voice_backcare.session.inbox import Inbox
from voice_backcare.session.ports import Clock, Mouth, SoundDevices
from voice_backcare.session.session import Session
from voice_backcare.settings.schema import Settings
from voice_backcare.system.monotonic_clock import SystemClock

_ALSA_DEVICES = Path("/proc/asound/pcm")


def plugged_in() -> str:
    """ALSA's list of devices; it changes when one is plugged in, or is found late after the start."""
    try:
        return _ALSA_DEVICES.read_text()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The kiosk's surroundings, which a test replaces with fakes.

    ``folder``: of the journal. ``boot``: None for this machine's. ``clock``: None for the machine's own, set to go on
    from the journal. ``open_sound``: None for the machine's sound. ``sound_devices``: returns any text that changes
    when a device is plugged in. ``settings_fault``: what is wrong with the settings file, "" for nothing.
    """

    folder: Path
    boot: Boot | None = None
    clock: Clock | None = None
    open_sound: Callable[[KioskApp], SoundDevices] | None = None
    sound_devices: Callable[[], str] = plugged_in
    settings_fault: str = ""


def kiosk(settings: Settings, tell: Callable[[str], None], *, port: int, browser: bool, fault: str = "") -> None:
    """Serve the page and run conversations until interrupted. Raises ``PortTaken`` where the port is in use.

    ``fault``: what is wrong with the settings file; the page says so.
    """
    bound_the_log()
    with closing(KioskApp(settings, tell, port, Surroundings(kiosk_folder(), settings_fault=fault))) as app:
        app.start()
        tell(f"The page is at {app.server.url} (Ctrl-C ends the program)")
        if browser:
            _open_browser(app.server.url)
        app.session_loop.run(app.begin)


class KioskApp:
    """The session with its ports, the page, the buttons, and the watchdog. Nothing is served or opened before
    ``start``.
    """

    def __init__(self, settings: Settings, tell: Callable[[str], None], port: int, around: Surroundings) -> None:
        self._settings, self._tell, self._around = settings, tell, around
        self._serves = False
        self._undo = contextlib.ExitStack()
        with contextlib.ExitStack() as undo:
            self._build(port, undo)
            self._undo = undo.pop_all()

    def _build(self, port: int, undo: contextlib.ExitStack) -> None:
        made = build_core(replace(self._settings.conversation, give_up_s=ABANDONED_S))
        core, self.words = made.conversation, made.words
        self._book = book = books.load(core.prompts.content, self._settings.emergency_number)
        self.recorder = KioskRecorder(core, self._tell)
        undo.callback(self.recorder.close)
        self.recorder.open(self._around.folder, self._around.boot or this_machines_boot())
        self.clock = clock = self._around.clock or SystemClock(self.recorder.offset_s)
        self.inbox = Inbox()
        self.screen = screen = KioskScreen(book, clock, settings_fault=self._around.settings_fault)
        self.ears = SwitchedEars(self.inbox.post, clock, screen.ears_open)
        silent = SilentMouth(self.inbox.post, clock)
        self.advice = LevelAdvice(LevelWatch(), core.prompts, clock)
        self.session = Session(
            core,
            self.ears,
            silent,
            screen,
            clock,
            inbox=self.inbox,
            advise=self.advice,
            timeout_scale=reading_time(screen.heard_and_speaking),
        )
        open_sound = self._around.open_sound or _machine_sound
        self.hotplug = Hotplug(
            self.session, screen, self.ears, silent, lambda: open_sound(self), self._around.sound_devices, self._worded
        )
        undo.callback(self.hotplug.close)
        self.session_loop = SessionLoop(self.session, screen, self.ears, frozenset(book.buttons), self._beat)
        self.server = PageServer(screen.snapshot, self.session_loop.press, port)
        undo.callback(self.server.close)
        self.watchdog = Watchdog(self.session, screen, clock, self.hotplug.alive_at_s)
        undo.callback(self.watchdog.close)
        pins = pin_settings(self._settings)
        self._hardware = open_hardware(pins, book, screen.snapshot, self.session_loop.press, clock, self._tell)
        undo.callback(self._hardware.close)
        self.volume_reset = VolumeReset(self.session)
        screen.changed, screen.heard_level = self._changed, self.server.watchers.level
        screen.volume = self.volume_reset.volume
        screen.standing = lambda: core.triage.disposition(self.session.state.record) or ""
        screen.noted = lambda: tuple(each for each in self.session.state.record.answers if each[1] != NO)

    def start(self, *, serve: bool = True) -> None:
        """Open the sound that there is, and serve the page unless ``serve`` is False."""
        self._serves = serve
        if serve:
            self.server.start()
        self.hotplug.fit()

    def begin(self) -> None:
        """Wait for the next family, or resume what a power cut interrupted."""
        self.recorder.begin(self.session, "repeat")

    def close(self) -> None:
        """Close everything; an unfinished conversation stays in the journal."""
        self._undo.close()

    def worded(self, line: Line) -> Line:
        """The line as it reads, and sounds, with what this place has now (D12)."""
        return replace(line, text=on_the_wall(line, self.screen.view, self._book))

    def _worded(self, mouth: Mouth) -> Mouth:
        return WordedMouth(mouth, self.worded, self.inbox.post, self.clock)

    def _changed(self) -> None:
        self.server.watchers.changed()
        self._hardware.changed()

    def _beat(self) -> None:
        if self._serves:
            self.server.check()
        self.hotplug.look()
        self.volume_reset.look()
        if self.screen.view.ended is None and self.session.state.position.name == "idle":
            self.recorder.cleared()
        self.watchdog.beat()


def _machine_sound(app: KioskApp) -> SoundDevices:
    chosen = replace(machine_settings(app._settings), raise_mixer=True)
    return open_sound_devices(
        chosen,
        app.words,
        app.ears.post,
        app.clock,
        app.screen.level,
        app._tell,
        tuple(line for line in map(app.worded, app.session.conversation.prompts.ahead()) if line.text),
        app.advice,
    )


def pin_settings(settings: Settings) -> PinSettings:
    """The GPIO pins in ``settings``."""
    return PinSettings(
        settings.gpio_yes, settings.gpio_no, settings.gpio_unsure, settings.gpio_start, settings.gpio_light
    )


def _open_browser(url: str) -> None:
    """Open the page in a browser on a desktop; elsewhere a text browser would take the program's own terminal."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        threading.Thread(target=webbrowser.open, args=(url,), name="browser", daemon=True).start()
