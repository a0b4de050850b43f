"""Other readers of yes and no, to measure ours beside: hassil templates here, the plugin of OVOS as a program.

Run as a program by a Python that has ``ovos-yes-no-plugin``: JSON lines {"text": ...} in, {"meaning": ...} out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

TEMPLATES = {
    "Yes": ["[<filler>] (yes|yeah|yep|yup|sure) [{rest}]"],
    "No": ["[<filler>] (no|nope|nah|not) [{rest}]"],
    "Unsure": ["[<filler>] (maybe|i don't know|i do not know|not sure|i'm not sure|i don't think so) [{rest}]"],
}


def hassil_templates(asked: Sequence[tuple[str, str]]) -> list[str]:
    """What hassil takes each for; the doubt is tried first."""
    import hassil

    intents = hassil.Intents.from_dict(
        {
            "language": "en",
            "intents": {name: {"data": [{"sentences": texts}]} for name, texts in TEMPLATES.items()},
            "lists": {"rest": {"wildcard": True}},
            "expansion_rules": {"filler": "(um|uh|er|well|oh|so)"},
        }
    )
    meanings = []
    for _, text in asked:
        found = {result.intent.name.lower() for result in hassil.recognize_all(text, intents)}
        meanings.append(next((name for name in ("unsure", "yes", "no") if name in found), "no_match"))
    return meanings


def ovos() -> None:
    from ovos_yes_no import HeuristicYesNoEngine

    engine = HeuristicYesNoEngine()
    for line in sys.stdin:
        said = engine.yes_or_no("", json.loads(line)["text"], "en-us")
        print(json.dumps({"meaning": {True: "yes", False: "no"}.get(said, "unsure")}))


if __name__ == "__main__":
    ovos()
