"""The rules of the triage once more, as a table: from the design's and the handout's words, never from the code.

``next_ask`` says what must come after some answers, ``outcome`` and ``because`` what they mean. A refused read-back is
kept as a count under its own id. Nothing of the program is imported, so that a mistake of the program's is not shared.
"""

from __future__ import annotations

from collections.abc import Mapping

EMERGENCY = ("E1", "E2", "E3", "E4", "E5", "E6")
SCOPE = ("S1",)
URGENT = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
FOLLOW_UP = ("F2", "F5", "F6", "F7")
# Every id of the handout's tables, and how many there are of each letter.
HANDOUT = frozenset(
    f"{letter}{number}"
    for letter, count in zip("SBERFMITGAXN", (2, 5, 6, 8, 8, 1, 3, 3, 1, 2, 2, 1), strict=True)
    for number in range(1, count + 1)
)
QUESTIONS = EMERGENCY + SCOPE + URGENT + FOLLOW_UP

# What is asked, most urgent first: the questions, the outcome of a sign among them, the read-back of what came so far.
PARTS: tuple[tuple[tuple[str, ...], str, str | None], ...] = (
    (EMERGENCY, "call_911", "read_back_emergency"),
    (SCOPE, "out_of_scope", None),
    (URGENT, "call_provider_now", "read_back_urgent"),
    (FOLLOW_UP, "follow_up", None),
)
READ_BACK_OF = {"read_back_emergency": EMERGENCY, "read_back_urgent": SCOPE + URGENT}
KINDS = {
    "read_back_emergency": "read_back",
    "read_back_urgent": "read_back",
    "offer_rest": "offer",
    "offer_home_care": "offer",
    "call_911": "standby",
    "out_of_scope": "standby",
    "call_provider_now": "standby",
}

Given = Mapping[str, str]  # a question: "yes", "no", "unsure" (said twice); a read-back or an offer: what became of it


def is_sign(given: Given, question: str) -> bool:
    """D2: doubt said twice counts as yes."""
    return given.get(question) in ("yes", "unsure")


def refused_twice(given: Given, read_back: str | None) -> bool:
    """D13: then the part could not be ruled out."""
    return read_back is not None and given.get(read_back) == "refused twice"


def outcome(given: Given) -> str | None:
    """D1: the most urgent one among the answers; ``home_care`` only after every "no"; None while there is none yet.

    D13: a part that could not be ruled out is the provider's, now; never 911 from a refusal alone.
    """
    if any(is_sign(given, question) for question in EMERGENCY):
        return "call_911"
    if any(refused_twice(given, read_back) for read_back in READ_BACK_OF):
        return "call_provider_now"
    for questions, its_outcome, read_back in PARTS:
        if any(is_sign(given, question) for question in questions):
            return its_outcome
        if any(question not in given for question in questions) or (read_back and given.get(read_back) != "confirmed"):
            return None
    return "home_care"


def because(given: Given) -> tuple[str, ...]:
    """The signs of the outcome's own tier, and the read-backs that were refused twice."""
    its = outcome(given)
    signs = [q for questions, made, _ in PARTS if made == its for q in questions if is_sign(given, q)]
    refused = [rb for rb in READ_BACK_OF if refused_twice(given, rb)] if its == "call_provider_now" else []
    return (*signs, *refused)


def next_ask(given: Given) -> str:
    """The id of what is asked now."""
    match outcome(given):
        case "call_911" | "out_of_scope" as end:
            return end
        case "call_provider_now":
            if given.get("offer_rest") != "yes":
                return "call_provider_now" if "offer_rest" in given else "offer_rest"
            rest = [question for question in SCOPE + URGENT + FOLLOW_UP if question not in given]
            return rest[0] if rest else "call_provider_now"
        case "follow_up" | "home_care":  # said after the last question
            return next((question for question in FOLLOW_UP if question not in given), "offer_home_care")
    for questions, _, read_back in PARTS:
        for question in questions:
            if question not in given:
                return question
        if read_back and given.get(read_back) != "confirmed":
            return read_back
    raise AssertionError("every complete record has an outcome")


def kind(ask: str) -> str:
    """What kind of ask this id is."""
    return "question" if ask in QUESTIONS else KINDS[ask]


# --- answers by degrees (D2), signs named unasked (D14), and what comes after an outcome (D15) -----------------------

DEGREES = ("yes", "no", "unsure", "soft_yes", "soft_no")
URGENCY = ("call_911", "call_provider_now", "out_of_scope", "follow_up", "home_care")


def settled(question: str, said: tuple[str, ...]) -> str | None:
    """D2: what the answers to one question amount to; None where it is asked once more, in plainer words."""
    last = said[-1]
    if last in ("yes", "no"):
        return last
    if last == "soft_yes" and question not in EMERGENCY:
        return "yes"
    if len(said) == 1:
        return None
    return "soft_no" if last == "soft_no" and said[0] != "soft_yes" else "unsure"


def tier(question: str, answer: str) -> str:
    """D2: what one answer calls for; a no that is not sure calls for what is one step less urgent than its sign."""
    part = next(at for at, (questions, _, _) in enumerate(PARTS) if question in questions)
    if answer in ("yes", "unsure"):
        return PARTS[part][1]
    lower = {"call_911": "call_provider_now", "call_provider_now": "follow_up"}
    return lower.get(PARTS[part][1], "home_care") if answer == "soft_no" else "home_care"


def most_urgent(given: Given) -> str:
    """D1: what all was asked and confirmed comes to."""
    return min((tier(question, answer) for question, answer in given.items()), key=URGENCY.index)


def precautions(its: str) -> frozenset[str]:
    """D15: the signs to watch for after an outcome: where somebody is called now, those of more urgency than that."""
    danger = frozenset(EMERGENCY) if its != "call_911" else frozenset()
    return danger | (frozenset(URGENT) if its in ("follow_up", "home_care") else frozenset())


def after_change(given: Given) -> str | None:
    """D15: something has changed: each no is void, and so is every outcome that is less urgent than a call now."""
    stands = [tier(question, answer) for question, answer in given.items() if answer in ("yes", "unsure")]
    return min((its for its in stands if its not in ("follow_up", "home_care")), key=URGENCY.index, default=None)


def read_back_refused(given: Given, read_back: str) -> dict[str, str]:
    """D13: refused or doubted, its part is asked again once; a second time the part could not be ruled out."""
    if given.get(read_back) == "refused once":
        return {**given, read_back: "refused twice"}
    kept = {key: value for key, value in given.items() if key not in READ_BACK_OF[read_back]}
    return {**kept, read_back: "refused once"}
