"""The page that a nurse can check."""

from __future__ import annotations

from places import ROOT

from voice_backcare.cli.protocol import markdown
from voice_backcare.core import content


def test_the_page_is_the_program() -> None:
    """docs/protocol.md is what ``voice-backcare protocol`` prints: made anew after every change."""
    page = ROOT / "docs" / "protocol.md"
    assert page.read_text(encoding="utf-8") == markdown(content.load())


def test_every_question_line_and_id_is_on_the_page() -> None:
    """Nothing that is said is missing from the page, and no id of the handout is unused."""
    words, page = content.load(), markdown(content.load())
    for text in words.texts():
        if not text.id.endswith("_sign"):
            assert text.text in page, text.id
    for handout_id in words.handout_ids:
        assert f"\n| {handout_id} |" in page
