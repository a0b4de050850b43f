"""The documentation: every link leads somewhere, every page is on a shelf, every command is told, lines are short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voice_backcare.cli.main import cli
from voice_backcare.settings import schema

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "src" / "voice_backcare"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
GENERATED = {DOCS / "protocol.md"}  # its lines are as long as its sentences
LONGEST = 120
_LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_OF_THE_PAST = ("not tried", "are older", "not repeated", "until it was stopped", "was measured before", "earlier run")
_ON_THE_HOST = "../../actions/"  # GitHub's own pages beside the repository

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def prose(page: Path) -> str:
    """The text of ``page`` without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What the headings of ``page`` can be linked by."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    """Links within the repository, pictures too."""
    broken = []
    for groups in _LINK.findall(_CODE.sub("", prose(page))):
        target = "".join(groups)
        if target.startswith(("http://", "https://", "mailto:", _ON_THE_HOST)):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@each_page
def test_what_is_named_in_code_style_is_there(page: Path) -> None:
    """`docs/...` and `scripts/...` in a text are files of the repository, `kiosk/app.py` is one of the package."""
    named = re.findall(r"`((?:docs|scripts|tests|grammars|custom_components)/[\w./-]+)[` ]", prose(page))
    assert [name for name in named if not (ROOT / name).exists()] == []
    rooms = "|".join(sorted(each.name for each in PACKAGE.iterdir() if (each / "__init__.py").exists()))
    inside = re.findall(rf"`((?:{rooms})/[\w./-]*)`", prose(page))
    assert [name for name in inside if not (PACKAGE / name).exists()] == []


@each_page
def test_a_test_that_is_named_is_there(page: Path) -> None:
    """`test_...` in a text is a file of the tests, or a test in one of them."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    known = {file.stem for file in files}
    for name in re.findall(r"`(test_\w+)(?:\.py)?`", prose(page)):
        assert name in known or any(f"def {name}" in file.read_text(encoding="utf-8") for file in files), name


def test_every_page_is_on_a_shelf() -> None:
    """docs/README.md leads to each page of docs/."""
    linked = {(DOCS / target).resolve() for target, _ in _LINK.findall(prose(DOCS / "README.md"))}
    assert [page.name for page in DOCS.rglob("*.md") if page not in linked and page.name != "README.md"] == []


def test_every_command_and_setting_is_told() -> None:
    """A command that is added has its row, and so has a key."""
    commands = (DOCS / "using" / "command-line.md").read_text(encoding="utf-8")
    assert [name for name in cli.commands if not re.search(rf"^\| `{name}\b", commands, re.MULTILINE)] == []
    settings = (DOCS / "running" / "settings.md").read_text(encoding="utf-8")
    assert [key.shown for key in schema.all_keys() if f"| `{key.shown}` |" not in settings] == []


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in GENERATED],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_prose_is_wrapped(page: Path) -> None:
    """Lines of 120 characters at most; tables, code and pictures are as long as they are."""
    long = [line for line in prose(page).splitlines() if len(line) > LONGEST and not line.startswith(("|", "!["))]
    assert [line for line in long if not line.lstrip().startswith("|")] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_says_what_is(page: Path) -> None:
    """No figure is older than the program, and a limit is told as a limit, not as work that is left."""
    text = " ".join(prose(page).lower().split())
    assert [words for words in _OF_THE_PAST if words in text] == []


def test_the_figures_of_the_readme_are_those_of_the_evidence() -> None:
    """Each figure under "How well it works" stands on the page that it links to."""
    section = prose(ROOT / "README.md").split("## How well it works")[1].split("\n## ")[0]
    told = re.findall(r"\*\*It (.*?)\(\[[^\]]*\]\(([^)]*)\)\)", " ".join(section.split()))
    assert len(told) == 3
    for text, target in told:
        page = (ROOT / target).read_text(encoding="utf-8")
        assert [figure for figure in re.findall(r"\d+\.\d+ [%s]", text) if figure not in page] == [], target
