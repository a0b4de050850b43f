"""Makes the archive that a kiosk is installed from, with no network there. ``scripts/bundle`` runs it."""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import debs
import wheels

from voice_backcare import __version__
from voice_backcare.audio.model import store
from voice_backcare.audio.model.table import load_model

ROOT = Path(__file__).parents[2]
KIOSK = Path(__file__).parent
EXIT_PARTS = 21
_ONE_DAY_IN_1980_S = 315_532_800 + 86_400  # the same parts make the same archive; some tools know no earlier time


def main() -> int:
    """The exit status: 0, 2 for bad usage, 21 where some part is not to be had."""
    parts = tomllib.loads((KIOSK / "parts.toml").read_text())
    parser = argparse.ArgumentParser(prog="scripts/bundle", description=__doc__.splitlines()[0])
    parser.add_argument("--arch", default=platform.machine(), metavar="PROCESSOR", help="for: aarch64 (default: ours)")
    parser.add_argument("--debian", default="12", choices=tuple(parts["systems"]), help="its release (default: 12)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: dist/voice-backcare-kiosk-...tar")
    parser.add_argument("--voice-only", action="store_true", help="without the compositor and Chromium")
    parser.add_argument("--mirror", metavar="ADDRESS", help="a Debian mirror, where this machine uses none itself")
    given = parser.parse_args()
    if given.arch in parts["no_archive"]:
        parser.error(f"there is no archive for {given.arch}: {parts['no_archive'][given.arch]}")
    if given.arch not in parts["processors"]:
        parser.error(f"--arch must be one of: {', '.join(parts['processors'])}")
    name = f"voice-backcare-kiosk-{__version__}-{given.arch}" + ("-voice" if given.voice_only else "")
    name += "" if given.debian == "12" else f"-debian{given.debian}"
    output = (given.output or ROOT / "dist" / f"{name}.tar").absolute()
    work = ROOT / "build" / (f"kiosk-{given.arch}" + ("" if given.debian == "12" else f"-{given.debian}"))
    stage = work / "stage" / name
    try:
        shutil.rmtree(stage.parent, ignore_errors=True)
        stage.mkdir(parents=True)
        output.parent.mkdir(parents=True, exist_ok=True)
        _fill(stage, work, parts, given)
        _write_archive(stage, output)
    except (wheels.WheelsError, debs.DebsError, store.ModelError) as error:
        print(f"voice-backcare: {error}", file=sys.stderr)
        return EXIT_PARTS
    except OSError as error:
        print(f"voice-backcare: The archive could not be made: {error}. Is the disk full?", file=sys.stderr)
        return EXIT_PARTS
    finally:
        shutil.rmtree(stage.parent, ignore_errors=True)
    digest = _digest(output)
    output.with_name(f"{output.name}.sha256").write_text(f"{digest}  {output.name}\n")
    _tell(f"SHA-256 {digest}. Compare it where you unpack: sha256sum {output.name}")
    print(output)
    return 0


def _fill(stage: Path, work: Path, parts: dict[str, dict[str, Any]], given: argparse.Namespace) -> None:
    system, processor = parts["systems"][given.debian], parts["processors"][given.arch]
    target = wheels.Target(given.arch, system["python"], system["glibc_minor"], processor["oldest_glibc_minor"])
    _tell("The Python packages ...")
    (stage / "wheels").mkdir()
    wheels.collect(ROOT, target, parts["wheels"]["source_only"], stage / "wheels", work)
    _tell("The system packages ...")
    (stage / "packages").mkdir()
    screen = [] if given.voice_only else parts["packages"]["screen"]
    names = [*parts["packages"]["voice"], *screen]
    sources = debs.sources(system["suite"], given.mirror)
    installed_kb = debs.collect(names, processor["debian"], sources, stage / "packages", work)
    _tell("The speech model ...")
    _copy_model(stage / "model")
    shutil.copytree(KIOSK / "units", stage / "units")
    for name in ("install-kiosk", "common.sh"):
        shutil.copy(ROOT / "scripts" / name, stage)
    (stage / "about").write_text(
        f"version={__version__}\nprocessor={given.arch}\ndebian_architecture={processor['debian']}\n"
        f"debian={given.debian}\nsystem_kb={installed_kb}\nprogram_kb={_program_kb(stage)}\n"
        f"voice_packages={' '.join(parts['packages']['voice'])}\nscreen_packages={' '.join(screen)}\n"
    )
    lines = [f"{_digest(path)}  {path.relative_to(stage)}\n" for path in _files(stage)]
    (stage / "SHA256SUMS").write_text("".join(lines))


def _copy_model(folder: Path) -> None:
    """The files that the table of models knows, each of them right."""
    here = store.fetch()
    store.verify(here)
    for file in load_model().files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here / file.path, folder / file.path)


def _program_kb(stage: Path) -> int:
    """What the environment and the model take; wheels unpack to about three times their size, byte code included."""
    wheel_bytes = sum(path.stat().st_size for path in (stage / "wheels").iterdir())
    model_bytes = sum(path.stat().st_size for path in _files(stage / "model"))
    return (4 * wheel_bytes + model_bytes) // 1000


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "SHA256SUMS")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_archive(stage: Path, output: Path) -> None:
    """Beside its place, then put there: never half an archive. Its parts are compressed already, the model aside."""
    part = output.with_name(output.name + ".part")
    try:
        with tarfile.open(part, "w", format=tarfile.GNU_FORMAT) as archive:
            archive.add(stage, stage.name, filter=_anonymous)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = _ONE_DAY_IN_1980_S
    runs = entry.isdir() or re.search(r"/(install-kiosk|voice-backcare-(screen|starting))$", entry.name)
    entry.mode = 0o755 if runs else 0o644
    return entry


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
