"""PortAudio behind one lock: finding devices, opening and closing streams, seeing new devices.

PortAudio must not be opened, closed and restarted from several threads at once, its list of devices is fixed until it
is restarted, and its calls can hang where a sound server hangs. Therefore all such calls go through here, and each has
a deadline.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from voice_backcare.audio.devices.sound_system_probe import sound_system_fault
from voice_backcare.audio.errors import (
    BrokenSoundSystem,
    DeviceBusy,
    NoLoudspeaker,
    NoMicrophone,
    NoPortAudio,
    SpeechError,
)

Kind = Literal["input", "output"]

_DEADLINE_S = 4.0
_SETTLED_S = 1.0  # what is released before a restart is not opened sooner, or the restart would find it open
_DEVICES_MOST = 1_000
_INVALID_CHANNELS, _INVALID_RATE, _UNAVAILABLE = -9998, -9997, -9985  # PaErrorCode
_NAMES = {"input": "microphone", "output": "loudspeaker"}
_MISSING: dict[str, type[SpeechError]] = {"input": NoMicrophone, "output": NoLoudspeaker}


@dataclass(frozen=True, slots=True)
class Device:
    """A device as PortAudio lists it; ``channels`` of the wanted direction, ``rate_hz`` its default."""

    index: int
    name: str
    channels: int
    rate_hz: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Sample rate and number of channels of a stream."""

    rate_hz: int
    channels: int


def within(seconds: float, call: Callable[[], Any], late: Callable[[Any], None] | None = None) -> Any:
    """Result of ``call``, which runs in a thread. Raises ``TimeoutError`` where it takes longer than ``seconds``;
    ``late`` is then called with a result that still comes.
    """
    done = threading.Event()
    lock = threading.Lock()
    box: list[Any] = []
    state = {"abandoned": False}

    def run() -> None:
        try:
            outcome = (True, call())
        except BaseException as error:  # handed to the caller, whatever it is
            outcome = (False, error)
        with lock:
            if not state["abandoned"]:
                box.append(outcome)
                done.set()
                return
        if outcome[0] and late is not None:
            late(outcome[1])

    threading.Thread(target=run, daemon=True, name="portaudio call").start()
    done.wait(seconds)
    with lock:
        if not box:
            state["abandoned"] = True
            raise TimeoutError(f"no answer within {seconds:g} s")
    good, value = box[0]
    if good:
        return value
    raise value


def _rows(library: Any) -> dict[int, Any]:
    """What PortAudio tells of each device, by its number; a device whose name is no text is left out."""
    try:
        return dict(enumerate(library.query_devices()))
    except UnicodeDecodeError:
        pass
    rows = {}
    for index in range(_DEVICES_MOST):
        try:
            rows[index] = library.query_devices(index)
        except UnicodeDecodeError:
            continue
        except library.PortAudioError:  # there is none of that number
            break
    return rows


class PortAudio:
    """The one way to PortAudio; the microphone and the loudspeaker share it.

    ``probe`` tries whether it would start, before it is: it may end the process where its settings are wrong.
    """

    def __init__(
        self, deadline_s: float = _DEADLINE_S, *, probe: Callable[[], str | None] = sound_system_fault
    ) -> None:
        self._deadline_s = deadline_s
        self._probe = probe
        self._lock = threading.Lock()  # of those calls that may not meet
        self._under_way: set[object] = set()  # those that hold a lock now, an abandoned one too
        self._refreshing = threading.Lock()
        self._settled = threading.Event()  # cleared while every stream has to stay closed
        self._settled.set()
        self._open: list[Any] = []
        self._releases: list[Callable[[], None]] = []

    def library(self) -> Any:
        """The sounddevice module; ``NoPortAudio`` where the library is missing or the sound system cannot start."""
        if "sounddevice" not in sys.modules and (fault := self._probe()):
            raise BrokenSoundSystem(fault)
        try:
            import sounddevice
        except OSError as error:
            raise NoPortAudio(
                "The sound library PortAudio is missing. Install it with: sudo apt-get install libportaudio2"
            ) from error
        return sounddevice

    def on_refresh(self, release: Callable[[], None]) -> None:
        """Register ``release``, which is called before a restart and closes its stream unless it is in use."""
        self._releases.append(release)

    def devices(self, kind: Kind) -> list[Device]:
        """All devices of this kind; none where PortAudio gives no list."""
        library = self.library()

        try:
            rows = self._bounded(partial(_rows, library))
        except library.PortAudioError:
            rows = {}
        found = []
        for index, row in rows.items():
            channels = int(row[f"max_{kind}_channels"])
            if channels > 0:
                found.append(Device(index, str(row["name"]), channels, round(row["default_samplerate"])))
        return found

    def find(self, kind: Kind, wanted: str | int | None) -> Device:
        """The device of the given number, name or part of a name; None: the system's default. Raises ``NoMicrophone``
        or ``NoLoudspeaker`` where there is none.
        """
        devices = self.devices(kind)
        name = _NAMES[kind]
        if not devices:
            raise _MISSING[kind](f"No {name} was found. Plug one in, and try again.")
        if wanted is None:
            default = self.library().default.device[0 if kind == "input" else 1]
            return next((device for device in devices if device.index == default), devices[0])
        text = str(wanted).strip().lower()
        for device in devices:
            if text == str(device.index) or text == device.name.lower():
                return device
        for device in devices:
            if text in device.name.lower():
                return device
        names = ", ".join(f"{device.index} ({device.name})" for device in devices)
        raise _MISSING[kind](f"There is no {name} called {wanted!r}. There are: {names}.")

    def open(
        self,
        kind: Kind,
        device: Device,
        shapes: Iterable[Shape],
        *,
        block_s: float,
        latency_s: float,
        callback: Callable[..., None],
        finished: Callable[[], None],
    ) -> tuple[Any, Shape]:
        """A started stream, and the first of ``shapes`` that the device accepted.

        ``callback`` and ``finished`` are those of sounddevice. Raises ``DeviceBusy`` where another program uses the
        device, ``NoMicrophone`` or ``NoLoudspeaker`` where it cannot be opened.
        """
        stream_class = f"Raw{kind.capitalize()}Stream"

        def start(shape: Shape) -> Any:
            stream = getattr(self.library(), stream_class)(
                samplerate=shape.rate_hz,
                blocksize=round(shape.rate_hz * block_s),
                device=device.index,
                channels=shape.channels,
                dtype="int16",
                latency=latency_s,
                callback=callback,
                finished_callback=finished,
            )
            try:
                stream.start()
            except BaseException:
                stream.close(ignore_errors=True)
                raise
            self._open.append(stream)
            return stream

        library = self.library()
        refused: Exception | None = None
        for shape in shapes:
            try:
                return self._bounded(partial(start, shape), late=self.close), shape
            except library.PortAudioError as error:
                code = error.args[1] if len(error.args) > 1 else None
                if code == _UNAVAILABLE:
                    raise DeviceBusy(
                        f"The {_NAMES[kind]} is in use by another program. Close that program, and try again."
                    ) from error
                refused = error
                if code not in (_INVALID_CHANNELS, _INVALID_RATE):
                    break
            except TimeoutError as error:
                refused = error
                break
        raise _MISSING[kind](
            f"The {_NAMES[kind]} {device.name!r} cannot be opened. Check that it is plugged in and switched on."
        ) from refused

    def close(self, stream: Any) -> None:
        """Close ``stream`` at once. It is aborted, because stopping hangs on a stalled stream; where a sound server
        hangs, so may this.
        """

        def end() -> None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
            if stream in self._open:
                self._open.remove(stream)

        try:
            within(self._deadline_s, end)
        except TimeoutError:
            return  # it counts as open until it returns, so that there is no refresh before

    def refresh(self) -> bool:
        """Restart PortAudio, so that devices plugged in since are seen; False where a stream is in use.

        Whoever released a stream may open it again at once: that waits until the restart is over.
        """
        with self._refreshing:
            self._settled.clear()
            try:
                return self._restarted()
            finally:
                self._settled.set()

    def _restarted(self) -> bool:
        for release in self._releases:
            release()
        library = self.library()

        def restart() -> bool:
            if self._open or len(self._under_way) > 1 or self._probe():
                return False
            library._terminate()
            library._initialize()
            return True

        try:
            return bool(self._bounded(restart, settled=True))
        except (TimeoutError, library.PortAudioError):
            return False

    def _bounded(
        self, call: Callable[[], Any], late: Callable[[Any], None] | None = None, *, settled: bool = False
    ) -> Any:
        """Result of ``call``, alone with PortAudio; raises ``TimeoutError`` where it takes too long.

        A stream that starts while its device goes may never return. Others then go on with a new lock, but PortAudio is
        not restarted as long as the call hangs: that would crash.
        """
        lock, token = self._lock, object()

        def alone() -> Any:
            if not settled:
                self._settled.wait(_SETTLED_S)
            with lock:
                self._under_way.add(token)
                try:
                    return call()
                finally:
                    self._under_way.discard(token)

        try:
            return within(self._deadline_s, alone, late)
        except TimeoutError:
            if self._lock is lock:
                self._lock = threading.Lock()
            raise
