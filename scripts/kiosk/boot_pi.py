"""Boots a card image and proves what it must do, step by step; each step's seconds are kept. ``scripts/boot-pi``."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emulator import Emulator, NotAsItShouldBe

ROOT = Path(__file__).parents[2]
PATIENCE_S = 1800.0  # emulated beside other work, nothing is judged by its speed
CARD = ("-device", "intel-hda,id=hda", "-device", "hda-duplex,audiodev=sound")
_IS_ACTIVE = "systemctl is-active voice-backcare"
_STATUS = "systemctl show --property=StatusText --value voice-backcare"
_PAINTED = (
    "exec 3<>/dev/tcp/127.0.0.1/8911; printf 'GET /painted HTTP/1.0\\r\\nHost: 127.0.0.1:8911\\r\\n\\r\\n' >&3; "
    "cat <&3; exec 3>&-; echo"
)
# The state is one event of the page's stream; it comes at once.
_STATE = (
    "exec 3<>/dev/tcp/127.0.0.1/8911; printf 'GET /events HTTP/1.0\\r\\nHost: 127.0.0.1:8911\\r\\n\\r\\n' >&3; "
    "timeout 20 grep -m 1 '^data: {\"run\"' <&3; exec 3>&-"
)


class Proof:
    """A machine, its card and what was found; every step is a method that ends, or raises ``NotAsItShouldBe``."""

    def __init__(self, board: str, image: Path, results: Path, size: tuple[int, int]) -> None:
        parameters = Path(f"{image}.parameters").read_text().strip()
        self.results = results
        self.card = results / "card.img"
        shutil.copyfile(image, self.card)
        self.machine = Emulator(board, self.card, parameters, results, size, CARD)
        self.figures: list[tuple[str, str]] = []

    def prove(self, steps: list[str]) -> list[str]:
        """The names of the steps that went wrong. The machine is switched off at the end."""
        wrong = []
        try:
            for name in steps:
                print(f"== {name}", file=sys.stderr, flush=True)
                began_s = time.monotonic()
                try:
                    STEPS[name](self)
                    self._note(name, f"{time.monotonic() - began_s:.0f} s")
                except (NotAsItShouldBe, OSError, subprocess.CalledProcessError) as error:
                    wrong.append(name)
                    self._note(name, f"WRONG: {error}")
                    if name == "start":
                        break
        finally:
            self.machine.cut_power()
        return wrong

    def _note(self, what: str, value: str) -> None:
        self.figures.append((what, value))
        print(f"   {what}: {value}", file=sys.stderr, flush=True)
        lines = [f"{name:<34} {found}\n" for name, found in self.figures]
        (self.results / "figures.txt").write_text("".join(lines))

    # --- looking ---------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        said = self.machine.run(f"bash -c {_quoted(_STATE)}", PATIENCE_S)
        start = said.find("data: ")
        if start < 0:
            raise NotAsItShouldBe(f"the program sends no state: {said[-300:]}")
        state: dict[str, Any] = json.loads(said[start + 6 :].splitlines()[0])
        return state

    def until(self, what: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The page's state once it ``holds``."""
        until_s, state = time.monotonic() + PATIENCE_S, {}
        while time.monotonic() < until_s:
            try:
                state = self.state()
            except NotAsItShouldBe:
                state = {}
            if state and holds(state):
                return state
            time.sleep(1)
        raise NotAsItShouldBe(f"{what}; the screen is {state.get('screen')}, {state.get('id')}")

    def active(self) -> float:
        return self.machine.wait("the service is not active", _IS_ACTIVE, "^active", PATIENCE_S)

    def painted(self) -> float:
        """Seconds until a page tells that it is on the display."""
        command = f"bash -c {_quoted(_PAINTED)}"
        return self.machine.wait("no page is on the display", command, r'"painted_s_ago":[0-9]\.', PATIENCE_S)

    def restarts(self, unit: str) -> int:
        return int(self.machine.run(f"systemctl show --property=NRestarts --value {unit}"))

    def restarted(self, unit: str, before: int) -> None:
        command = f"test $(systemctl show --property=NRestarts --value {unit}) -gt {before} && echo yes"
        self.machine.wait(f"{unit} is not started again", command, "yes", PATIENCE_S)

    # --- the steps -------------------------------------------------------------------------

    def start(self) -> None:
        self.machine.start()
        self.machine.wait_for_shell(PATIENCE_S)
        self._note("root shell after", f"{self.machine.on_s:.0f} s")
        self.machine.picture("starting")
        self.active()
        self._note("ready after", f"{self.machine.on_s:.0f} s")
        self._note("memory", self.machine.run("free -m | sed -n 's/^Mem: *//p'"))
        self._note("state", self.machine.run("findmnt -no SOURCE,FSTYPE,OPTIONS /var/lib/voice-backcare"))
        self._note(
            "root", self.machine.run("findmnt -no FSTYPE /; findmnt -no OPTIONS /run/card/root").replace("\n", " ")
        )
        self._note("network", self.machine.run("ls /sys/class/net | tr '\\n' ' '"))
        self._note("failed units", self.machine.run("systemctl --failed --no-legend --plain --no-pager") or "none")

    def page(self) -> None:
        self.painted()
        self._note("page after", f"{self.machine.on_s:.0f} s")
        time.sleep(5)
        self.machine.picture("page")
        self._note("memory with the page", self.machine.run("free -m | sed -n 's/^Mem: *//p'"))

    def key(self) -> None:
        self.until("it is not idle", lambda state: state["screen"] == "idle")
        self.machine.key("s")
        self.until("a key does not begin", lambda state: state["screen"] == "question")
        time.sleep(5)
        self.machine.picture("question")

    def touch(self) -> None:
        before = self.state()["id"]
        self.machine.touch(0.2, 0.72)
        after = self.until("a touch does nothing", lambda state: state["id"] != before or state["told"])
        self._note("a touch came to", f"{before} -> {after['id']}")
        self.machine.picture("touched")

    def emergency(self) -> None:
        state = self.state()
        for _ in range(30):
            if state["danger"]:
                break
            self.machine.key("y")
            time.sleep(2)
            state = self.state()
        self.until("yes does not come to 911", lambda state: state["danger"])
        time.sleep(5)
        self.machine.picture("emergency")

    def power_cut(self) -> None:
        self.machine.run("sync -f /run/card/root; true")
        self.machine.cut_power()
        self.machine.start()
        self.machine.wait_for_shell(PATIENCE_S)
        self.active()
        self.until("911 is forgotten", lambda state: state["danger"])
        self.painted()
        self.machine.picture("after_power_cut")

    def killed(self) -> None:
        before = self.restarts("voice-backcare")
        self.machine.run("systemctl kill --kill-whom=main --signal=KILL voice-backcare")
        self.restarted("voice-backcare", before)
        self.active()

    def hung(self) -> None:
        before = self.restarts("voice-backcare")
        self.machine.run("systemctl kill --kill-whom=main --signal=STOP voice-backcare")
        self.restarted("voice-backcare", before)
        self.active()

    def screen_hangs(self) -> None:
        self.painted()
        before = self.restarts("voice-backcare-screen")
        self.machine.run("pkill -STOP -u voice-backcare-screen cage")
        self.restarted("voice-backcare-screen", before)
        self.painted()
        self.machine.picture("after_hung_screen")

    def sound(self) -> None:
        self.machine.wait("the sound card is not used", _STATUS, "^(?!.*(missing|lost)).+", PATIENCE_S)
        self._note("sound", self.machine.run("cat /proc/asound/cards | head -n 1"))

    def late_sound(self) -> None:
        self.machine.run(
            "systemctl stop voice-backcare; modprobe -r snd_hda_intel; systemctl start voice-backcare", PATIENCE_S
        )
        self.active()
        self.machine.wait("it does not miss its card", _STATUS, "missing", PATIENCE_S)
        self.machine.run("modprobe snd_hda_intel")
        self.sound()

    def settings(self) -> None:
        self._settings('\ufeffprovider_name = "Dr. Test"\r\nemergency_number = "112"\r\n')
        self.until("byte-order mark and Windows line ends", lambda state: "112" in state["emergency"])
        self._settings('emergency_number = "112\r\nvolume_db = much\r\n')
        state = self.until("a wrong file", lambda state: "911" in state["emergency"])
        said = " ".join(notice["text"] for notice in state["notices"])
        self._note("told of wrong settings", said)
        if "line 1" not in said:
            raise NotAsItShouldBe(f"the page does not say what is wrong: {said}")
        self.painted()
        time.sleep(5)
        self.machine.picture("wrong_settings")

    def _settings(self, text: str) -> None:
        """As another computer would have left them on the card's FAT partition."""
        octal = "".join(f"\\0{byte:03o}" for byte in text.encode())
        firmware = "/boot/firmware"
        self.machine.run(
            f"mount -o remount,rw {firmware}; printf '%b' '{octal}' >{firmware}/voice-backcare.toml; "
            f"mount -o remount,ro {firmware}; systemctl restart voice-backcare",
            PATIENCE_S,
        )
        self.active()


STEPS: dict[str, Callable[[Proof], None]] = {
    "start": Proof.start,
    "page": Proof.page,
    "sound": Proof.sound,
    "key": Proof.key,
    "touch": Proof.touch,
    "emergency": Proof.emergency,
    "power_cut": Proof.power_cut,
    "killed": Proof.killed,
    "hung": Proof.hung,
    "screen_hangs": Proof.screen_hangs,
    "late_sound": Proof.late_sound,
    "settings": Proof.settings,
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def main() -> int:
    """0 where every step was as it should be, else 1."""
    parser = argparse.ArgumentParser(prog="scripts/boot-pi", description=__doc__.splitlines()[0])
    parser.add_argument("image", type=Path, help="what scripts/image --uncompressed made, its .parameters beside it")
    parser.add_argument("--board", choices=("virt", "pc"), default="virt")
    parser.add_argument("--size", default="800x480", metavar="WxH", help="of the display (default: 800x480)")
    parser.add_argument("--steps", default=",".join(STEPS), metavar="A,B", help="only these (default: all)")
    given = parser.parse_args()
    steps = given.steps.split(",")
    if unknown := [step for step in steps if step not in STEPS]:
        parser.error(f"there is no step {unknown[0]}; there are: {', '.join(STEPS)}")
    width, height = map(int, given.size.split("x"))
    results = ROOT / "test-output" / f"boot-{given.board}"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    wrong = Proof(given.board, given.image, results, (width, height)).prove(steps)
    (results / "card.img").unlink()
    print((results / "figures.txt").read_text())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
