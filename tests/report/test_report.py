"""The summary as paper: everything on one sheet, in every format, written whole or not at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from html import escape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from voice_backcare.core.coach.care_log import HomeCareDone, PackPhase
from voice_backcare.core.content import Personal, load, personalise
from voice_backcare.core.state import Record
from voice_backcare.core.summary import Summary, When, summarise
from voice_backcare.report import FORMATS, SUFFIXES, pdf, render
from voice_backcare.report.page import page_of

STARTED = datetime(2026, 11, 22, 23, 10, tzinfo=timezone(timedelta(hours=-5)))
LONG_NAME = "Dr. Maximiliane Wolfeschlegelstein, Eastside Family Clinic"


def summary(answer: str | None = "no", *, phases: int = 0, name: str = "", known: bool = True) -> Summary:
    """Every question with this answer; ``phases`` of ice, one every 40 minutes."""
    content = personalise(load(), Personal("911", name, "+1 (555) 555-0142" if name else ""))
    done = tuple(PackPhase("ice", 600.0 + 2400 * n, 1800.0 + 2400 * n, 20.0) for n in range(phases))
    return summarise(
        content,
        Record(answers=tuple((q, answer) for q in content.questions if answer), phrase=answer == "yes"),
        done=HomeCareDone(done, 20.0 + 40 * (phases - 1) if phases else None),
        when=When(STARTED, STARTED + timedelta(hours=1)) if known else When(),
        started_at_s=0.0,
    )


FULL = summary("yes", phases=30, name=LONG_NAME)
SAMPLES = {
    "nothing": summary(None, known=False),
    "no": summary(),
    "unsure": summary("unsure", phases=3, name="Dr. Ada Lee"),
    "yes": FULL,
}


class Words(HTMLParser):
    """The text of a page, tag by tag; scripts and outside addresses are refused."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "img", "iframe")
        assert not [value for _, value in attrs if value and "//" in value]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.found.append(data)


def pdf_words(data: bytes) -> str:
    """All text that is drawn, in its order, as another program reads it."""
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def words(data: bytes, name: str) -> str:
    """All words of a rendered summary, with single spaces."""
    text = pdf_words(data) if name == "pdf" else data.decode()
    if name == "html":
        page = Words(text)
        assert page.open == []
        text = " ".join(page.found)
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["text", "html", "pdf"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_everything_is_on_the_page(sample: str, name: str) -> None:
    """Every question, its answer, the advice, what was done and who the provider is: in every format."""
    page = page_of(SAMPLES[sample])
    shown = words(render(SAMPLES[sample], name), name)
    questions = [asked.question for asked in SAMPLES[sample].asked]
    expected = [page.title, page.when, *page.lead, *questions]
    expected += [row.value for section in page.sections for row in section.rows if row.value]
    squeezed = shown.replace(" ", "")
    assert not [text for text in expected if text.replace(" ", "") not in squeezed and not wrapped(text, shown)]


def wrapped(text: str, shown: str) -> bool:
    """Where the answer stands at the right of a question's first line, its words are still there, in their order."""
    at = 0
    for word in text.split():
        at = shown.find(word, at)
        if at < 0:
            return False
    return True


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_pdf_is_one_sheet(sample: str) -> None:
    """One page, its letters at least six points high, nothing beyond its edges."""
    page, *more = PdfReader(BytesIO(render(SAMPLES[sample], "pdf"))).pages
    assert not more
    sizes, places = [], []

    def seen(text: str, _: object, matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            sizes.append(size)
            places.append((matrix[4], matrix[5]))

    page.extract_text(visitor_text=seen)
    assert len(places) > len(SAMPLES[sample].asked)
    assert min(sizes) >= 6
    assert min(x for x, _ in places) >= 36 and min(y for _, y in places) >= 36
    assert max(x for x, _ in places) < 595 - 36 and max(y for _, y in places) < 792 - 36


@pytest.mark.parametrize(
    "provider", ["Dr. Łukasz Żółć", "Др. Иванов", "Δρ. Παπαδοπούλου", "Dr. Nguyễn Thị Hồng", "Zoë"]
)
def test_a_name_is_printed_as_it_is_written(provider: str) -> None:
    """Latin with every mark, Cyrillic and Greek come out of the PDF as they went in, in a font that is in the file."""
    data = render(summary("yes", name=provider), "pdf")
    assert provider in words(data, "pdf")
    fonts = PdfReader(BytesIO(data)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    used = [font.get_object() for font in fonts.values()]
    assert used and all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_the_pdf_says_nothing_that_the_page_does_not() -> None:
    """No name of the machine's user, no time, the same bytes each time."""
    data = render(SAMPLES["yes"], "pdf")
    assert data == render(SAMPLES["yes"], "pdf")
    information = PdfReader(BytesIO(data)).metadata
    assert information and information.title == page_of(SAMPLES["yes"]).title
    assert information.creation_date and information.creation_date.year == 2000
    assert {information.author, information.subject} == {""} and information.creator == "voice-backcare"


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed")
def test_another_program_can_read_the_pdf(tmp_path: Path) -> None:
    """Poppler finds one page and its words, without a complaint."""
    path = tmp_path / "summary.pdf"
    path.write_bytes(render(FULL, "pdf"))
    info = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
    assert "Pages:           1" in info.stdout and not info.stderr
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    assert "Call 911 now." in text.stdout and LONG_NAME in text.stdout and not text.stderr


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
@pytest.mark.parametrize("sample", ["no", "yes"])
def test_the_page_is_printed_on_one_sheet(sample: str, tmp_path: Path) -> None:
    """A browser prints it on a single page, even with all that can stand on it."""
    page, printed = tmp_path / "summary.html", tmp_path / "summary.pdf"
    page.write_bytes(render(SAMPLES[sample], "html"))
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={printed}", page.as_uri()]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1


def test_what_counts_stands_first_and_strong() -> None:
    """Yes and doubt are marked, "no" and what was not asked are not; nothing unasked reads like a "no"."""
    page = page_of(SAMPLES["yes"])
    assert [row.strong for row in page.sections[0].rows] == [True, True]
    assert page.sections[0].heading == "What counts"
    values = {row.value for section in page_of(SAMPLES["nothing"]).sections for row in section.rows}
    assert values - {""} == {"not asked"}
    assert not [row for section in page_of(SAMPLES["no"]).sections for row in section.rows if row.strong]
    text = render(SAMPLES["unsure"], "text").decode()
    assert "* Does your child have chills?" in text and "NOT SURE" in text


def test_what_was_not_sure_and_what_was_volunteered_are_told_apart() -> None:
    """D2, D14: a no that is not sure, a sign nobody asked about, and what could not be ruled out, each by its name."""
    answers = (("E1", "soft_no"), ("R1", "yes"), ("R2", "unsure"), ("F2", "no"))
    told = summarise(load(), Record(answers=answers, volunteered=frozenset({"R1", "F2"})))
    assert [asked.id for asked in told.volunteered] == ["R1"], "taken back since: F2"
    for name in ("text", "html", "pdf"):
        shown = words(render(told, name), name)
        assert "Yes: a fever." in shown and "Named without being asked: a fever." in shown
        assert "Thought not to be there, not sure: hard to breathe." in shown
        assert "Could not be ruled out: chills." in shown
    assert "Named without being asked" not in render(SAMPLES["yes"], "text").decode()


@pytest.mark.parametrize("name", ["text", "html", "pdf"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_there_are_lines_to_fill_in_by_hand(sample: str, name: str) -> None:
    """What a doctor writes first and the program never keeps: name, date of birth, temperature and weight."""
    shown = words(render(SAMPLES[sample], name), name)
    for what in ("Name of the child", "Date of birth", "Temperature, and when it was taken", "Weight"):
        assert f"{what}: ____" in shown


@pytest.mark.parametrize("name", ["text", "html", "pdf"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_no_name_of_the_program_is_shown(sample: str, name: str) -> None:
    """D12: no "call_911", no "E1": a parent reads words; each question has its short sign beside it."""
    shown = words(render(SAMPLES[sample], name), name)
    assert not re.search(r"\b[SBERFMITGAXN][1-8]\b|[a-z]_[a-z0-9]", shown)
    if name == "html":  # elsewhere the answer stands between a line and the next
        assert not [q.id for q in load().questions.values() if f"{escape(q.ask)} ({q.sign})" not in escape(shown)]


@pytest.mark.parametrize(("sign", "now"), [("R1", True), ("S1", True), ("F7", False), ("R2", True)])
def test_keeping_in_touch_is_not_said_under_a_call_right_now(sign: str, now: bool) -> None:
    """Where somebody is to be called at once, the page says nothing that sounds like later."""
    told = " ".join(page_of(summarise(load(), Record(answers=((sign, "yes"),)))).lead)
    assert ("keep in touch" in told) != now and "Call 911 for any of these" in told


def test_times_are_told_where_the_clock_is_known() -> None:
    """Start, end and each phase by the clock on the wall, over midnight too; else only how long."""
    text = " ".join(render(SAMPLES["unsure"], "text").decode().split())
    assert "2026-11-22, 23:10 to 2026-11-23 00:10 UTC-05:00" in text
    assert "Ice, on at 23:20, off at 23:40 20 min" in text
    unknown = summarise(load(), Record(), done=HomeCareDone((PackPhase("heat", 5.0, 1205.0, 20.0),), None))
    text = " ".join(render(unknown, "text").decode().split())
    assert "The date and time are not known." in text
    assert "Heat 20 min" in text and "pauses included time not known" in text


def test_a_conversation_that_goes_on_says_so() -> None:
    """Nothing is ruled out before the end, and the page says that first."""
    page = page_of(summarise(load(), Record(answers=(("E1", "no"),)), ended=False, when=When(STARTED, None)))
    assert page.lead[0] == "Not finished yet: nothing is ruled out so far."
    assert page.when == "2026-11-22, from 23:10 UTC-05:00"


def test_names_cannot_break_the_page() -> None:
    """Marks of HTML are shown as they are; letters that the PDF's fonts lack lose their marks or become "?"."""
    odd = summarise(personalise(load(), Personal("911", "Dr. <b>&amp; Ł")), Record())
    assert "Dr. &lt;b&gt;&amp;amp; Ł" in render(odd, "html").decode()
    assert pdf.printable("Zoe\u0308 Ž ０ 医", "plain") == "Zoë Ž 0 ?"
    assert render(odd, "pdf").startswith(b"%PDF")


def test_lines_are_as_wide_as_they_say() -> None:
    """Wrapped text fits, whole words where they can be."""
    lines = pdf.wrapped("one two three " + "x" * 200, "plain", 10, 100)
    assert all(pdf.width(line, "plain", 10) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "") == "onetwothree" + "x" * 200
    assert lines[0].startswith("one two three")


def test_every_ending_has_its_format() -> None:
    """What a file's name ends in says which of the formats it is, and each has one."""
    assert set(SUFFIXES.values()) == set(FORMATS)
