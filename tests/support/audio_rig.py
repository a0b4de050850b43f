"""A microphone and a loudspeaker without hardware: private PulseAudio daemons with null sinks.

What is played into ``virtmic`` is what the program's microphone hears; what the program says is
recorded from ``virtspk.monitor``. Every daemon has folders of its own, so rigs run side by side.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
import soundfile
from places import ROOT
from recording import SPK_RATE_HZ, Recording

__all__ = ["SPK_RATE_HZ", "Recording", "Rig", "human_audio", "rig", "skip_or_fail"]

_TOOLS = ("pulseaudio", "pactl", "paplay", "parec")
_START_S = 10.0
_MIC = "module-null-sink sink_name=virtmic rate=16000 channels=1 format=s16le norewinds=1"
_SPK = "module-null-sink sink_name=virtspk rate=48000 channels=2 format=s16le norewinds=1"


def missing_tools() -> list[str]:
    """The programs of PulseAudio that this machine lacks."""
    return [name for name in _TOOLS if shutil.which(name) is None]


def skip_or_fail(why: str) -> None:
    """Skip with a visible reason; on the machine CI runs on that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def human_audio() -> Path:
    """The folder of human answers; a visible skip where it is not there."""
    named = os.environ.get("VOICE_BACKCARE_AUDIO")
    folder = Path(named) if named else ROOT.parent / "shared" / "audio"
    if not (folder / "manifest.csv").is_file():
        skip_or_fail(f"no human answers in {folder}: set VOICE_BACKCARE_AUDIO")
    return folder


class Server:
    """One private PulseAudio daemon with one null sink."""

    def __init__(self, folder: Path, module: str, sink: str) -> None:
        self.folder = folder
        self.socket = f"unix:{folder}/socket"
        self._module, self._sink = module, sink
        (folder / "run").mkdir(mode=0o700, parents=True)
        private = {
            name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "XDG_", "DBUS_"))
        }
        private |= {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "run")}
        self.environment = private | {"PULSE_SERVER": self.socket}
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit=1"]
        command += ["--use-pid-file=no", "--log-target=stderr"]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={folder}/socket", "-L", module]
        with (folder / "daemon.log").open("wb") as log:
            self._process = subprocess.Popen(command, env=private, stdout=log, stderr=log)

    def await_start(self) -> None:
        end_s = time.monotonic() + _START_S
        while True:
            answer = subprocess.run(["pactl", "list", "short", "sinks"], env=self.environment, capture_output=True)
            if answer.returncode == 0 and self._sink.encode() in answer.stdout:
                break
            if self._process.poll() is not None or time.monotonic() > end_s:
                skip_or_fail("PulseAudio does not start: " + (self.folder / "daemon.log").read_text()[-500:])
            time.sleep(0.02)  # the daemon has no event for "ready"
        self.make_default(self._sink)

    def make_default(self, sink: str) -> None:
        self.pactl("set-default-sink", sink)
        self.pactl("set-default-source", f"{sink}.monitor")

    def pactl(self, *arguments: str) -> str:
        done = subprocess.run(["pactl", *arguments], env=self.environment, capture_output=True, text=True, timeout=20)
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def unplug(self) -> None:
        for row in self.pactl("list", "short", "modules").splitlines():
            if "module-null-sink" in row or "module-pipe-source" in row:
                self.pactl("unload-module", row.split("\t")[0])

    def plug(self) -> None:
        self.pactl("load-module", *self._module.split())
        self.make_default(self._sink)

    def freeze(self) -> None:
        """Stop the daemon in its tracks: every stream of it stalls."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self._process.poll() is None:
            self.thaw()
            self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


class Rig:
    """A microphone and a loudspeaker, each on a daemon of its own, so that either can go alone.

    ``environment`` makes a program use them: as the default device, and as "virtmic" and "virtspk".
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.microphone = Server(folder / "mic", _MIC, "virtmic")
        self.loudspeaker = Server(folder / "spk", _SPK, "virtspk")
        settings = folder / "asound.conf"
        settings.write_text(
            f"""
            pcm.virtmic {{ type pulse server "{self.microphone.socket}" hint {{ show on description "microphone" }} }}
            pcm.virtspk {{ type pulse server "{self.loudspeaker.socket}" hint {{ show on description "loudspeaker" }} }}
            pcm.!default {{ type asym playback.pcm "virtspk" capture.pcm "virtmic" }}
            ctl.!default {{ type pulse server "{self.loudspeaker.socket}" }}
            """
        )
        self._sound = {
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{settings}",
            # Debian makes a PulseAudio that it can reach the default device, over our own: so it may reach none.
            "PULSE_SERVER": f"unix:{folder}/none",
            "PULSE_COOKIE": f"{folder}/cookie",
        }
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PULSE_", "DBUS_", "XDG_"))
        } | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder / "spk" / "run"), **self._sound}

    def await_start(self) -> None:
        self.microphone.await_start()
        self.loudspeaker.await_start()

    def speak(self, path: Path) -> float:
        """Play a WAV or FLAC file into the microphone, to its end; when (``time.monotonic``) playing began."""
        sound, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
        return self.speak_samples(sound[:, 0], rate_hz)

    def speak_samples(self, sound: numpy.ndarray, rate_hz: int = 16_000) -> float:
        path = self._folder / f"speak-{time.monotonic_ns()}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(sound.astype("<i2").tobytes())
        began_s = time.monotonic()
        command = ["paplay", "--latency-msec=20", "-d", "virtmic", str(path)]
        subprocess.run(command, env=self.microphone.environment, check=True, timeout=120)
        path.unlink()
        return began_s

    @contextlib.contextmanager
    def background(self, path: Path) -> Iterator[None]:
        """Play a WAV or FLAC file into the microphone meanwhile; its end is not waited for."""
        command = ["paplay", "--latency-msec=20", "-d", "virtmic", str(path)]
        with subprocess.Popen(command, env=self.microphone.environment, stderr=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.terminate()

    def record(self) -> Recording:
        """Hear what the program says from now on."""
        command = ["parec", "--latency-msec=10", "-d", "virtspk.monitor"]
        command += ["--format=s16le", f"--rate={SPK_RATE_HZ}", "--channels=2"]
        return Recording(command, self.loudspeaker.environment)

    @contextlib.contextmanager
    def loop_back(self, delay_s: float) -> Iterator[None]:
        """The microphone hears the loudspeaker at full level, as much later as the room is long."""
        form = ["--latency-msec=10", "--format=s16le", "--rate=16000", "--channels=1"]
        hear = subprocess.Popen(
            ["parec", "-d", "virtspk.monitor", *form], stdout=subprocess.PIPE, env=self.loudspeaker.environment
        )
        play = subprocess.Popen(
            ["pacat", "-d", "virtmic", *form], stdin=subprocess.PIPE, env=self.microphone.environment
        )

        def carry() -> None:
            assert hear.stdout is not None and play.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                play.stdin.write(bytes(2 * round(16_000 * delay_s)))
                while piece := os.read(hear.stdout.fileno(), 4096):
                    play.stdin.write(piece)
                    play.stdin.flush()

        thread = threading.Thread(target=carry, daemon=True)
        thread.start()
        try:
            yield
        finally:
            hear.terminate()
            hear.wait(5)
            thread.join(5)
            play.terminate()
            play.wait(5)
            for pipe in (hear.stdout, play.stdin):
                with contextlib.suppress(BrokenPipeError):
                    assert pipe is not None
                    pipe.close()

    def silent_microphone(self) -> None:
        """Put a microphone there that never delivers: a pipe with an idle writer."""
        pipe = self._folder / "stalled"
        self.microphone.unplug()
        self.microphone.pactl(
            "load-module", "module-pipe-source", "source_name=stalled", f"file={pipe}", "rate=16000", "channels=1"
        )
        self.microphone.pactl("set-default-source", "stalled")
        self._idle_writer = pipe.open("r+b", buffering=0)

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Make this process use the rig, its home folder aside."""
        for name, value in self._sound.items():
            patch.setenv(name, value)

    def close(self) -> None:
        self.microphone.close()
        self.loudspeaker.close()


@contextlib.contextmanager
def rig() -> Iterator[Rig]:
    """A running rig; a visible skip where PulseAudio is not installed."""
    lacking = missing_tools()
    if lacking:
        skip_or_fail(f"{', '.join(lacking)} is not installed")
    folder = Path(tempfile.mkdtemp(prefix="vbc-rig-"))
    running = Rig(folder)
    try:
        running.await_start()
        yield running
    finally:
        running.close()
        shutil.rmtree(folder, ignore_errors=True)
