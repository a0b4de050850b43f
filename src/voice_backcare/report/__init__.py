"""The summary as text, as a page to print (HTML or PDF), and as FHIR data."""

from __future__ import annotations

from voice_backcare.core.summary import Summary

FORMATS = ("text", "html", "pdf", "fhir")
SUFFIXES = {".txt": "text", ".html": "html", ".htm": "html", ".pdf": "pdf", ".json": "fhir"}


def render(summary: Summary, name: str) -> bytes:
    """The summary in the format ``name``, one of ``FORMATS``, as the bytes of a file."""
    from voice_backcare.report import fhir, html, pdf, text

    return {"text": text.render, "html": html.render, "pdf": pdf.render, "fhir": fhir.render}[name](summary)
