"""The wheel holds all that the program needs, and works outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from places import ROOT, SRC


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments], check=True)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the libraries are borrowed from the one the tests run in."""
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    _pip("--python", str(python), "install", "--no-deps", *map(str, folder.glob("*.whl")))
    packages = next((folder / "env" / "lib").glob("python3*")) / "site-packages"
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def _run(python: Path, code: str, cwd: Path) -> str:
    command = [str(python), "-I", "-c", code]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


def test_the_program_comes_from_the_wheel(python: Path, tmp_path: Path) -> None:
    """What is imported is the installed package, and it knows that it is no checkout."""
    code = "import voice_backcare.system.paths as r; print(r.__file__); print(r.checkout())"
    position, top = _run(python, code, tmp_path).splitlines()
    assert Path(position).is_relative_to(python.parents[1])
    assert top == "None"


def test_the_grammars_are_inside(python: Path, tmp_path: Path) -> None:
    """Every grammar can be read without the checkout."""
    code = "from voice_backcare.core import grammar; print(grammar.load().read('any', 'no').meaning)"
    assert _run(python, code, tmp_path) == "no"


def test_the_content_is_inside(python: Path, tmp_path: Path) -> None:
    """Every content file of the source is in the wheel."""
    code = "from voice_backcare.core import content\nfrom pathlib import Path\n"
    code += "print(*sorted(path.name for path in (Path(content.__file__).parent / 'data').glob('*.toml')))"
    here = sorted(path.name for path in (SRC / "voice_backcare" / "core" / "content" / "data").glob("*.toml"))
    assert _run(python, code, tmp_path).split() == here
    assert here


def test_the_table_of_models_is_inside(python: Path, tmp_path: Path) -> None:
    """The installed program knows which model to fetch, and from where."""
    code = "from voice_backcare.audio.model.table import load_model; print(load_model().name)"
    assert _run(python, code, tmp_path) == "vosk-model-small-en-us-0.15"


def test_the_page_is_inside(python: Path, tmp_path: Path) -> None:
    """Every file of the page, and its words, are in the wheel."""
    code = "from voice_backcare.kiosk.web.server import PAGE\nfrom voice_backcare.kiosk.screen import layouts\n"
    code += "from voice_backcare.core import content\nlayouts.load(content.load())\n"
    code += "print(*sorted(path.name for path in PAGE.iterdir()))"
    here = sorted(path.name for path in (SRC / "voice_backcare" / "kiosk" / "web" / "page").iterdir())
    assert _run(python, code, tmp_path).split() == here


def test_the_font_of_the_summary_is_inside(python: Path, tmp_path: Path) -> None:
    """The installed program makes the PDF with its own letters, and their licence is beside them."""
    code = "from voice_backcare.report import pdf\nfrom importlib import resources\n"
    code += "print(pdf.printable('Ł Ж Ω', 'plain'), pdf.printable('Ł Ж Ω', 'bold'))\n"
    code += "print(*sorted(each.name for each in resources.files('voice_backcare.report').joinpath('fonts').iterdir()))"
    letters, files = _run(python, code, tmp_path).splitlines()
    assert letters == "Ł Ж Ω Ł Ж Ω"
    assert files.split() == sorted(path.name for path in (SRC / "voice_backcare" / "report" / "fonts").iterdir())


def test_the_skill_is_inside_and_announced(python: Path, tmp_path: Path) -> None:
    """OpenVoiceOS finds the skill by its entry point, and its intents and dialogs are in the wheel."""
    code = "from importlib.metadata import entry_points\nfrom pathlib import Path\n"
    code += "import voice_backcare.assistants.ovos as s\n"
    code += "print(*[e.value for e in entry_points(group='opm.skill') if e.name.startswith('voice-backcare')])\n"
    code += "print(*sorted(path.name for path in (Path(s.__file__).parent / 'locale' / 'en-us').iterdir()))"
    here = (SRC / "voice_backcare" / "assistants" / "ovos" / "locale" / "en-us").iterdir()
    value, files = _run(python, code, tmp_path).splitlines()
    assert value == "voice_backcare.assistants.ovos.skill:BackcareSkill"
    assert files.split() == sorted(path.name for path in here)


def test_the_command_is_installed(python: Path, tmp_path: Path) -> None:
    """`voice-backcare --help` runs from anywhere."""
    command = [str(python.with_name("voice-backcare")), "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "simulate" in done.stdout
