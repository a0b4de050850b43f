"""A summary as a QR code, for the parent's own phone: made here, sent nowhere, kept nowhere."""

from __future__ import annotations

from typing import Any

import segno

_BYTES_MOST = 1200  # beyond that the squares are too small for a phone's camera at arm's length


def phone_code(words: dict[str, Any], says: str) -> dict[str, Any] | None:
    """The code of all ``words`` of a screen as ``size`` (in squares, its quiet border included) and an SVG ``path``.

    ``says``: what stands under it. None where the text is too long for a code that a phone can read.
    """
    text = "\n".join(
        " ".join([paragraph["text"], ", ".join(paragraph["items"])]).strip() for paragraph in words["body"]
    )
    if not text or len(text.encode()) > _BYTES_MOST:
        return None
    code = segno.make(text, error="l", micro=False, boost_error=True)
    rows = list(code.matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"size": len(rows), "path": path, "text": says}
