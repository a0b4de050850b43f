"""Devices found, refused, busy, missing; calls that hang; the list of devices made afresh."""

from __future__ import annotations

import builtins
import threading
from typing import Any

import pytest
from fake_portaudio import FakeLibrary, FakePortAudio

from voice_backcare.audio.devices.loudspeaker import Loudspeaker
from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.portaudio import PortAudio, within
from voice_backcare.audio.errors import DeviceBusy, NoLoudspeaker, NoMicrophone, NoPortAudio, SpeechError
from voice_backcare.fakes.ports import FakeClock


def test_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PortAudio the error says what to install."""
    real = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importing)
    with pytest.raises(NoPortAudio, match="apt-get install libportaudio2"):
        PortAudio().library()


def test_a_device_is_found_by_name_part_or_number() -> None:
    """The default, the whole name, a part in any case, and the number all lead to it."""
    portaudio = FakePortAudio(FakeLibrary())
    assert portaudio.find("input", None).name == "USB Mic: Audio"
    assert portaudio.find("input", "headset").index == 2
    assert portaudio.find("output", "hdmi").index == 1
    assert portaudio.find("input", 2).index == portaudio.find("input", "2").index == 2


def test_an_unknown_device_is_told_with_those_there_are() -> None:
    """The error lists what could have been meant."""
    with pytest.raises(NoMicrophone, match=r"'Studio'.*0 \(USB Mic: Audio\), 2 \(Headset\)"):
        FakePortAudio(FakeLibrary()).find("input", "Studio")


def test_no_device_at_all_is_told() -> None:
    """A machine without sound has an error for each kind."""
    library = FakeLibrary()
    library.rows.clear()
    with pytest.raises(NoMicrophone, match="Plug one in"):
        FakePortAudio(library).find("input", None)
    with pytest.raises(NoLoudspeaker, match="Plug one in"):
        FakePortAudio(library).find("output", None)


def test_a_busy_device_is_told() -> None:
    """Another program's device is not "missing"."""
    library = FakeLibrary()
    library.refuse = lambda options: -9985
    with pytest.raises(DeviceBusy, match="another program"):
        Microphone(FakePortAudio(library), FakeClock()).open()


def test_a_device_that_will_not_open_is_told() -> None:
    """Any other failure names the device and what to check."""
    library = FakeLibrary()
    library.refuse = lambda options: -9999
    with pytest.raises(NoLoudspeaker, match=r"'HDMI 0'.*plugged in"):
        Loudspeaker(FakePortAudio(library), FakeClock()).open()
    assert len(library.opened) == 1


def test_a_call_that_hangs_ends_at_its_deadline() -> None:
    """``within`` gives up, and hands a result that came too late to ``late``."""
    go_on, given = threading.Event(), threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, lambda: go_on.wait(5), late=lambda result: given.set())
    go_on.set()
    assert given.wait(5)


def test_an_opening_that_hangs_is_a_missing_device() -> None:
    """A sound server that does not answer ends in a sentence, not in waiting."""
    library, go_on = FakeLibrary(), threading.Event()
    library.refuse = lambda options: (go_on.wait(5), None)[1]
    with pytest.raises(NoMicrophone):
        Microphone(FakePortAudio(library, deadline_s=0.1), FakeClock()).open()
    go_on.set()


def test_starting_afresh_waits_for_no_one_and_breaks_nothing() -> None:
    """The microphone's and an idle loudspeaker's streams are closed for it; a stream of others prevents it."""
    library = FakeLibrary()
    portaudio = FakePortAudio(library)
    microphone, loudspeaker = Microphone(portaudio, FakeClock()), Loudspeaker(portaudio, FakeClock())
    microphone.open()
    loudspeaker.open()
    assert portaudio.refresh()
    assert library.restarts == 1
    assert all(stream.aborted and stream.closed for stream in library.opened)
    portaudio._open.append(object())
    assert not portaudio.refresh()
    assert library.restarts == 1


def test_what_is_released_is_not_opened_before_the_restart() -> None:
    """A microphone that wants its stream back at once does not keep the restart from happening."""
    library = FakeLibrary()
    portaudio = FakePortAudio(library)
    microphone = Microphone(portaudio, FakeClock())
    microphone.open()
    reading = threading.Thread(target=microphone.open)
    portaudio.on_refresh(lambda: (reading.start(), reading.join(0.2)))
    assert portaudio.refresh()
    reading.join(5)
    assert library.restarts == 1
    assert [stream.closed for stream in library.opened] == [True, False]


def test_portaudio_is_not_restarted_while_it_lists_its_devices() -> None:
    """A list that nobody waits for any more still keeps a restart back: that would end the process."""
    library, answer = FakeLibrary(), threading.Event()
    listing = library.query_devices
    library.query_devices = lambda: listing() if answer.wait(30) else []  # type: ignore[method-assign]
    portaudio = FakePortAudio(library, deadline_s=0.1)
    with pytest.raises(TimeoutError):
        portaudio.devices("input")
    assert not portaudio.refresh()
    assert library.restarts == 0
    answer.set()
    assert any(portaudio.refresh() for _ in range(100))


def test_a_stream_that_never_starts_keeps_only_itself() -> None:
    """A loudspeaker that hangs where it starts: the microphone opens all the same, and nothing is started afresh."""
    library, hanging = FakeLibrary(), threading.Event()
    portaudio = FakePortAudio(library, deadline_s=0.1)
    starting = library.RawOutputStream
    library.RawOutputStream = lambda **options: starting(**options) if hanging.wait(30) else None  # type: ignore[method-assign]
    with pytest.raises(NoLoudspeaker):
        Loudspeaker(portaudio, FakeClock()).open()
    Microphone(portaudio, FakeClock()).open()
    assert len(library.opened) == 1
    portaudio.close(library.opened[0])
    assert not portaudio.refresh()
    assert library.restarts == 0
    hanging.set()
    assert any(portaudio.refresh() for _ in range(100))


def test_every_error_has_an_exit_status_of_its_own() -> None:
    """No two faults end the program with the same status."""
    codes = [kind.exit_code for kind in (SpeechError, *SpeechError.__subclasses__())]
    assert len(codes) == len(set(codes))
