"""docs/pictures/terminal.svg: a real conversation of ``simulate``, as a terminal shows it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from voice_backcare.session.factory import build_core
from voice_backcare.session.options import Options
from voice_backcare.terminal.human_writer import FriendlyWriter
from voice_backcare.terminal.text_conversation import TypedConversation

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "terminal.svg"
ANSWERS = ("no, she's breathing fine", "no, but she has a fever", "no", "why", "no", "she just passed out", "stop")
_COLUMNS = 88
# rich's own frame names a web font by its address; this one is content with the reader's.
_FRAME = """<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"
 xmlns="http://www.w3.org/2000/svg" aria-label="A conversation at the terminal">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px;
 line-height: {line_height}px; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#0c0c0c" />
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""


def conversation() -> Console:
    """Console that has recorded the conversation."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    made = build_core(Options())
    writer = FriendlyWriter(console, made.conversation.prompts, hints=False, echo=True)
    TypedConversation(made.conversation, made.words, writer, keys=True).run(ANSWERS)
    return console


if __name__ == "__main__":
    conversation().save_svg(str(PICTURE), theme=MONOKAI, code_format=_FRAME, unique_id="talk", title="")
