"""The command ``protocol``: what is asked, when, why and from where, as one page made from the program's own tables."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from voice_backcare.core.content import Content, Text
from voice_backcare.core.content.loader import DATA
from voice_backcare.core.conversation import build
from voice_backcare.core.dialogue.pauses import NOT_UNDERSTOOD_S
from voice_backcare.core.dialogue.transitions import NO_INPUT_S, RETRY_911_S, SAFETY_NET_S
from voice_backcare.core.dialogue.triage_rules import READ_BACK_DISPOSITION, TIERS
from voice_backcare.core.interruptions import FRESH_S
from voice_backcare.core.universal_commands import AFTER_911, UNIVERSAL
from voice_backcare.session.speech import SPEECH_MOST_S

_OUTCOMES = {
    "call_911": "call 911",
    "out_of_scope": "not for this guide: call the provider now",
    "call_provider_now": "call the provider now",
    "follow_up": "follow up with the provider",
    "home_care": "care at home",
}


def _amount(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 60 else f"{seconds:g} seconds"


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _sources(sources: tuple[str, ...]) -> str:
    return "the program's own" if sources == ("own",) else ", ".join(s for s in sources if s != "own")


def _rules(give_up_s: float) -> Iterator[str]:
    rules = tomllib.loads((DATA / "rules.toml").read_text(encoding="utf-8"))["rule"]
    first, second, third = NO_INPUT_S
    values = {
        "no_input": f"{first:g}, then {second:g} more seconds, and after {third:g} more there is no answer",
        "safety_net": _amount(SAFETY_NET_S),
        "give_up": _amount(give_up_s),
        "not_understood": _amount(NOT_UNDERSTOOD_S),
        "speech": _amount(SPEECH_MOST_S),
        "after_911": _named(AFTER_911),
        "universal": _named(UNIVERSAL),
        "retry": _amount(RETRY_911_S),
        "fresh": _amount(FRESH_S),
    }
    yield from ("## The rules", "")
    for rule in rules:
        yield f"- **{rule['id']}** {rule['text'].format(**values)}"
    yield ""


def _diagram(content: Content) -> Iterator[str]:
    """Diagram of the parts in their order, and of what the first "yes" in each leads to."""
    yield from ("```mermaid", "flowchart TD")
    yield '    start(["start"]) --> ask_emergency'
    following = [*(f"ask_{part}" for part, _ in TIERS[1:]), "home_care"]
    for (part, outcome), after in zip(TIERS, following, strict=True):
        title = content.part_titles[part].title
        yield f'    ask_{part}["{title}"] -->|"yes, or in doubt twice"| {outcome}(["{_OUTCOMES[outcome]}"])'
        if part in READ_BACK_DISPOSITION:
            yield f'    ask_{part} -->|"all no"| back_{part}{{"read back: is that right?"}}'
            yield f'    back_{part} -->|"refused: once more"| ask_{part}'
            yield f'    back_{part} -->|"refused twice"| {READ_BACK_DISPOSITION[part]}'
            yield f'    back_{part} -->|"yes"| {after}'
        else:
            yield f'    ask_{part} -->|"no"| {after}'
    yield f'    home_care(["{_OUTCOMES["home_care"]}"]) --> steps["home-care steps, if wanted"]'
    yield "    follow_up --> steps"
    yield '    call_provider_now -.->|"if wanted, the rest, for the call"| ask_urgent'
    yield from ("```", "")


def _questions(content: Content) -> Iterator[str]:
    yield from ("## The questions", "", "Yes always means that the sign is there. They are asked in this order.", "")
    for part, outcome in TIERS:
        yield from (f"### {content.part_titles[part].title}: a yes means “{_OUTCOMES[outcome]}”", "")
        yield from (
            "| id | question | once more | in doubt | after a no | why | handout |",
            "|---|---|---|---|---|---|---|",
        )
        for question_id in content.part(part):
            q = content.questions[question_id]
            yield f"| {q.id} | {q.ask} | {q.again} | {q.plain} | {q.no} | {q.why} | {_sources(q.sources)} |"
        yield ""


def _told(title: str, lines: Iterator[tuple[str, Text]]) -> Iterator[str]:
    yield from (f"## {title}", "", "| | what is said | handout |", "|---|---|---|")
    for name, text in lines:
        yield f"| {name.replace('_', ' ')} | {text.text} | {_sources(text.sources)} |"
    yield ""


def _index(content: Content) -> Iterator[str]:
    """Index of the handout's ids, and where each is used."""
    yield from ("## Every fact of the handout, and where it is used", "", "| id | in |", "|---|---|")
    used: dict[str, list[str]] = {}
    for question in content.questions.values():
        for source in question.sources:
            used.setdefault(source, []).append(f"question {question.id}")
    for text in (*content.lines.values(), *(t for s in content.steps for t in s.lines)):
        for source in text.sources:
            used.setdefault(source, []).append(text.id.replace("_", " "))
    for answer in content.answers.values():
        for text in answer.lines:
            for source in text.sources:
                used.setdefault(source, []).append(answer.id.replace("_", " "))
    for source in sorted(content.handout_ids):
        yield f"| {source} | {', '.join(dict.fromkeys(used[source]))} |"
    yield ""


def markdown(content: Content) -> str:
    """The page in Markdown."""
    source = content.source
    give_up_s = build(content).moves.give_up_s
    lines = [
        "# What it asks, what it says, and where that comes from",
        "",
        f"The medicine is that of one family handout: “{source['title']}”, {source['publisher']}, {source['years']}.",
        "Its facts are cited here by their ids; its sentences are not used.",
        "Made by `voice-backcare protocol`; do not edit.",
        "",
        *_diagram(content),
        *_questions(content),
        *_told("All other lines", ((line.id, line) for line in content.lines.values())),
        *_told("Home care, step by step", ((step.id, text) for step in content.steps for text in step.lines)),
        *_told("Asked on the way", ((a.id, text) for a in content.answers.values() for text in a.lines)),
        *_rules(give_up_s),
        *_index(content),
    ]
    return "\n".join(lines).rstrip() + "\n"
