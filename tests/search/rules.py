"""What must hold of every step of the conversation: one named function a rule, true where the rule holds.

Written from the rules D1-D13 over what a step is given and what it gives back. Nothing here asks the dialogue
what it thinks of an answer: dispositions, causes and parts are worked out again, below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from exploring import FRESH, Found, Transition, words

from voice_backcare.core.content import load
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import (
    DeviceBack,
    DeviceLost,
    Event,
    Failed,
    Finished,
    Fired,
    Heard,
    Line,
    Listen,
    NoInput,
    NoMatch,
    Pressed,
    Resumed,
    Say,
    Show,
    StartTimer,
)
from voice_backcare.core.state import Position, Record, State

EMERGENCY = ("E1", "E2", "E3", "E4", "E5", "E6")
SCOPE = ("S1",)
URGENT = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
FOLLOW_UP = ("F2", "F5", "F6", "F7")
COMMANDS = frozenset(
    (
        *("help", "repeat", "go_back", "meant_yes", "why", "wait", "continue"),
        *("slower", "faster", "louder", "quieter", "start_over", "stop"),
    )
)
AFTER_911 = frozenset(["repeat", "go_back", "no", "summary", "louder", "stop", "emergency", "maybe_emergency"])
FAULTS = (NoInput, NoMatch, Finished, Failed, Fired, DeviceLost, DeviceBack)
ANSWERING = frozenset(["yes", "no", "unsure", "emergency", "meant_yes", "go_back", "start", "start_over", "stop"]) | {
    "soft_yes",
    "soft_no",
}
URGENCY = {"call_911": 4, "call_provider_now": 3, "out_of_scope": 2, "follow_up": 1, "home_care": 0, "incomplete": 0}


# --- what a record says, worked out here ----------------------------------------------------------


@cache
def noes(record: Record) -> frozenset[str]:
    return frozenset(question for question, answer in record.answers if answer == "no")


@cache
def signs(record: Record) -> frozenset[str]:
    return frozenset(question for question, answer in record.answers if answer in ("yes", "unsure"))


@cache
def not_sure(record: Record) -> frozenset[str]:
    return frozenset(question for question, answer in record.answers if answer == "soft_no")


@cache
def disposition(record: Record) -> str:
    """The most urgent one among the answers (D1); "incomplete" where there is none."""
    there = signs(record)
    if record.phrase or there & set(EMERGENCY):
        return "call_911"
    if record.unresolved or there & set(URGENT) or not_sure(record) & set(EMERGENCY):
        return "call_provider_now"
    if there & set(SCOPE):
        return "out_of_scope"
    if there & set(FOLLOW_UP) or not_sure(record) & set(URGENT):
        return "follow_up"
    every = {*EMERGENCY, *SCOPE, *URGENT, *FOLLOW_UP}
    return (
        "home_care"
        if noes(record) | not_sure(record) == every and record.confirmed == {"emergency", "urgent"}
        else "incomplete"
    )


def meant(event: Event) -> str | None:
    return event.meaning if isinstance(event, Heard | Pressed) else None


def volunteered(way: Transition) -> tuple[str, ...]:
    """The signs named beside the answer (D14)."""
    return way.event.signs if isinstance(way.event, Heard) else ()


def asked_at(way: Transition) -> Position:
    """The place that an answer is for: in a wait or a pause the one behind it (D3)."""
    position = way.before.position
    if position.name in ("paused", "waiting") and position.return_to:
        return replace(position.return_to, speaking=position.speaking)
    return position


def asks_for_help(way: Transition) -> bool:
    """D5: at "do you need help at once?" only a heard no is a no; silence, noise and doubt are a yes."""
    return way.before.position.id == "need_help"


def asks_which(way: Transition) -> bool:
    """D13: at "which one?", after a "no" to a read-back; what is no answer there refuses the part."""
    return way.before.position.name == "read_back" and way.before.position.subject == "which"


def answered(way: Transition) -> str | None:
    """The meaning that counts: while lines are said, only a key's does; in a pause, and while a wait is announced, no

    "no", and no yes that would confirm that nothing is there (D3).
    """
    deaf = way.before.position.speaking and not isinstance(way.event, Pressed)
    name = way.before.position.name
    if name == "paused" or (name == "waiting" and deaf):
        return meant(way.event) if counts_in_a_pause(way) else None
    return None if deaf else meant(way.event)


def counts_in_a_pause(way: Transition) -> bool:
    """D3: in a pause a yes and a doubt count at once, also while its lines are said."""
    name = asked_at(way).name
    raises = meant(way.event) in ("yes", "soft_yes", "unsure") and name in ("question", "offer")
    return raises or (meant(way.event) == "unsure" and name == "read_back")


def said(way: Transition) -> Say | None:
    return next((action for action in way.actions if isinstance(action, Say)), None)


def shown(way: Transition) -> Show | None:
    return next((action for action in way.actions if isinstance(action, Show)), None)


def ids(lines: tuple[Line, ...]) -> list[str]:
    return [line.id for line in lines]


def at_911(position: Position) -> bool:
    return position.id == "call_911" and position.name in ("outcome", "closing")


def begun_anew(way: Transition) -> bool:
    """A confirmed start over, or a heard "no" to "the same child?"."""
    position, answer = asked_at(way), answered(way)
    if position.name != "confirm":
        return False
    return (position.id, answer) in (("start_over", "yes"), ("same_child", "no"))


def withdrawn(way: Transition) -> bool:
    position = asked_at(way)
    return position.name == "confirm" and position.id == "withdraw" and answered(way) == "yes"


# --- the rules ----------------------------------------------------------------------------------------


def an_emergency_sign_calls_911_at_once(talk: Conversation, way: Transition) -> bool:
    """D1, D2, D5: an emergency "yes", a doubt heard twice, or an emergency phrase is "call 911" in one step."""
    position = asked_at(way)
    sign = meant(way.event) == "emergency"
    if position.name == "question" and position.id in EMERGENCY and not at_911(position):
        # "No, but he has a fever" is read as doubt too: what was asked stays open then (D14).
        again = answered(way) in ("unsure", "soft_yes") and position.doubted and not volunteered(way)
        sign = sign or answered(way) == "yes" or bool(again)
    sign = sign or bool(set(volunteered(way)) & set(EMERGENCY))
    if not sign:
        return True
    return at_911(way.after.position) and disposition(way.after.record) == "call_911"


def only_a_heard_no_is_a_no(talk: Conversation, way: Transition) -> bool:
    """D2, D3: a "no" is recorded for the question just asked, heard or pressed; or withdrawn, with a yes."""
    if way.after.record is way.before.record:
        return True
    new = noes(way.after.record) - noes(way.before.record)
    if not new:
        return True
    position = asked_at(way)
    if withdrawn(way):
        return new == {position.subject}
    return position.name == "question" and answered(way) == "no" and new == {position.id}


def silence_and_faults_answer_nothing(talk: Conversation, way: Transition) -> bool:
    """D3, D4, D9, D11: no silence, noise, failed prompt, lost device, timer or resumption adds to what was answered."""
    if asks_for_help(way) or asks_which(way):
        return not noes(way.after.record) - noes(way.before.record)
    if way.after.record is way.before.record or not isinstance(way.event, (*FAULTS, Resumed)):
        return True
    before, after = way.before.record, way.after.record
    if way.end:
        return after == Record()
    return after == before or (
        isinstance(way.event, Resumed)
        and set(after.answers) == {given for given in before.answers if given[1] != "no"}
        and after.phrase == before.phrase
        and after.confirmed <= before.confirmed
        and after.unresolved == before.unresolved
        and after.continue_after_urgent == before.continue_after_urgent
    )


def home_care_only_after_every_no(talk: Conversation, way: Transition) -> bool:
    """D1, D13: "home care" stands only on a "no" to every question and two confirmed read-backs; its steps, or

    the offer of them, also on a follow-up sign, never on anything more urgent or not asked.
    """
    position, record = way.after.position, way.after.record
    if record is way.before.record and position.name == way.before.position.name and not way.end:
        return True  # nothing of it has changed, and the step before was held against this
    outcome = talk.triage.disposition(record)
    ended = way.end.outcome if way.end else None
    if ended == "home_care" and disposition(way.before.record) != "home_care":
        return False
    closing = position.name in ("closing", "outcome") and position.id == "home_care"
    if (outcome == "home_care" or closing) and disposition(record) != "home_care":
        return False
    while position.return_to:
        position = position.return_to
    if position.name == "home_care" or (position.name, position.id) == ("offer", "home_care"):
        return noes(record) | not_sure(record) >= {*EMERGENCY, *SCOPE, *URGENT} and record.confirmed == {
            "emergency",
            "urgent",
        }
    return True


def only_a_yes_confirms(talk: Conversation, way: Transition) -> bool:
    """D13, D7: what is confirmed is the read-back just said, by a yes."""
    new = way.after.record.confirmed - way.before.record.confirmed
    if not new:  # as nearly always
        return True
    position = asked_at(way)
    if withdrawn(way):
        return {position.subject} == {f"read_back_{part}" for part in new}
    none_said = not (position.subject == "which" and isinstance(way.event, Pressed))
    return position.name == "read_back" and new == {position.id} and answered(way) == "yes" and none_said


def doubt_and_refusal_confirm_nothing(talk: Conversation, way: Transition) -> bool:
    """D2, D7, D13: a doubt or a "no" to a read-back, a confirmation or an offer takes none of it as granted."""
    position, before, after = asked_at(way), way.before.record, way.after.record
    if (
        position.name not in ("read_back", "confirm", "offer")
        or answered(way) not in ("no", "unsure")
        or volunteered(way)
    ):
        return True
    if asks_for_help(way):
        return answered(way) == "no" or at_911(way.after.position)
    if position.name == "read_back":
        places = ("question", "offer", "outcome", "read_back")
        return not after.confirmed - before.confirmed and way.after.position.name in places
    if position.name == "offer":
        return after == before or after.continue_after_urgent == "declined"
    if begun_anew(way):
        return after == Record()
    return after == before and not way.end and way.after.position.name != "closing"


def a_television_decides_nothing(talk: Conversation, way: Transition) -> bool:
    """D4: noise, and the time that passes with it, may pause and may end; it never comes to a disposition."""
    if asks_for_help(way):
        return way.after.position.id in ("need_help", "call_911")
    if asks_which(way):  # a heard "no" has come before: no more than asking again, or the provider, comes of noise
        return way.after.position.name in ("read_back", "question", "offer", "outcome")
    if not isinstance(way.event, NoMatch | NoInput | Finished | Fired):
        return True
    before, after = way.before, way.after
    if way.end:
        return way.end.outcome == before.position.id
    if after.position.name in ("outcome", "closing") and after.position.id != "incomplete":
        return after.position.id == disposition(before.record)
    return after.position.name != "home_care" or before.position.name in ("home_care", "waiting", "confirm", "paused")


def urgency_never_falls_by_itself(talk: Conversation, way: Transition) -> bool:
    """D1, D7: only a confirmed correction, another child or the end makes a disposition less urgent."""
    if way.after.record is way.before.record:
        return True
    before, after = disposition(way.before.record), disposition(way.after.record)
    if URGENCY[after] >= URGENCY[before]:
        return True
    return way.end is not None or withdrawn(way) or begun_anew(way)


def only_answers_touch_the_answers(talk: Conversation, way: Transition) -> bool:
    """D8: no question, no adjustment, no reading on, no going on after a wait changes what was answered."""
    if way.after.record is way.before.record or not isinstance(way.event, Heard | Pressed):
        return True
    counts = meant(way.event) in ANSWERING or bool(volunteered(way)) or asks_for_help(way)
    return counts or way.after.record == way.before.record


def a_withdrawal_follows_a_heard_no(talk: Conversation, way: Transition) -> bool:
    """D7: "shall I withdraw it?" is asked after a heard "no" to the cause alone (a yes, where it is a read-back)."""
    position = way.after.position
    asked = asked_at(way)
    if position.id != "withdraw" or asked.id == "withdraw" or asked.return_to or asked.name == "waiting":
        return True
    cause = asked.id
    lowering = "yes" if cause.startswith("read_back") else "no"
    return asked.name == "recheck" and position.subject == cause and answered(way) == lowering


def everything_heard_is_answered(talk: Conversation, way: Transition) -> bool:
    """D3, D8: what the open place can hear, and a silence that is timed, never comes to nothing."""
    position, event = way.before.position, way.event
    if position.speaking:
        return bool(way.actions) or not isinstance(event, Finished | Failed)
    listen = talk.moves.listen(way.before)
    if isinstance(event, Heard) and event.meaning in heard_in(listen.place):
        return bool(way.actions)
    return bool(way.actions) or not (isinstance(event, NoInput) and listen.timeout_s is not None)


@cache
def heard_in(place: str) -> frozenset[str]:
    return words().meanings(place)


def every_place_holds_the_commands(talk: Conversation, way: Transition) -> bool:
    """D5, D6, D8: emergency phrases and universal commands can be heard everywhere; after 911 what D6 names."""
    position = way.after.position
    places = {action.place for action in way.actions if isinstance(action, Listen)}
    if (say := said(way)) and say.interruptible:
        places.add(talk.moves.place(way.after))
    for place in places:
        heard = heard_in(place)
        if position.name == "outcome" and position.id == "call_911":
            if heard != AFTER_911:
                return False
        elif "emergency" not in heard or (position.name != "idle" and not heard >= COMMANDS):
            return False
    return True


def every_end_was_said_or_shown(talk: Conversation, way: Transition) -> bool:
    """D3, D6, D9: the last words go to mouth and screen, and say the outcome that the end then has."""
    end, before = way.end, way.before
    if end:
        return (
            before.position.name == "closing"
            and end.outcome == before.position.id == disposition(before.record)
            and end.answers == before.record.answers
            and not (isinstance(way.event, Failed) and not any(isinstance(a, Show) for a in way.actions))
        )
    if way.after.position.name != "closing" or before.position.name == "closing":
        return True
    say, show = said(way), shown(way)
    last = "call_911_reminder" if way.after.position.id == "call_911" else way.after.position.id
    return bool(say and show and last in ids(say.lines) and last in ids(show.lines))


def the_911_instruction_is_whole(talk: Conversation, way: Transition) -> bool:
    """D6: said twice, not interruptible; it stays on the screen while it stands, and nothing cuts it off."""
    before, after = way.before.position, way.after.position
    if before.uninterruptible and not isinstance(way.event, Finished | Failed | Resumed):
        return replace(after, tries=before.tries) == before and not said(way)  # tries: 20 s are over
    say = said(way)
    if (
        say
        and after.name == "outcome"
        and after.id == "call_911"
        and (before.name, before.id) != (after.name, after.id)
    ):
        told = ids(say.lines)
        return not say.interruptible and told.count("call_911") == 2 == told.count("cannot_dial")
    if (show := shown(way)) and disposition(way.after.record) == "call_911":
        return {"call_911", "cannot_dial"} <= set(ids(show.lines))
    return True


def nothing_at_911_is_met_with_silence(talk: Conversation, way: Transition) -> bool:
    """D6, D7: what is heard there is done, or gets the first sentence again; a no leads to the recheck of the cause.

    Talk that is not understood gets it once in 20 s: it may be the dispatcher.
    """
    position, answer = way.before.position, meant(way.event)
    if (position.name, position.id) != ("outcome", "call_911") or position.speaking:
        return True
    if answer in ("no", "soft_no", "go_back") and not volunteered(way):
        return way.after.position.name == "recheck" and way.after.record == way.before.record
    if isinstance(way.event, NoMatch) and position.failures < 2:
        timed = any(isinstance(a, StartTimer) and (a.name, a.after_s) == ("not_understood", 20.0) for a in way.actions)
        return timed and bool(said(way)) if not position.tries else way.after == way.before and not way.actions
    return not isinstance(way.event, Heard | Pressed | NoMatch) or bool(said(way))


def a_failed_prompt_is_tried_again_then_shown(talk: Conversation, way: Transition) -> bool:
    """D9: once more, then shown with a tone; "call 911" until it is heard."""
    position = way.before.position
    if not isinstance(way.event, Failed) or not position.speaking:
        return True
    if position.failures == 0:
        return said(way) is not None and way.after.position.failures == 1
    show = shown(way)
    retried = any(isinstance(action, StartTimer) and action.name == "retry_911" for action in way.actions)
    wanted = position.name == "outcome" and position.uninterruptible
    return bool(show and show.attention and show.lines) and (retried or not wanted)


def a_resumption_asks_first(talk: Conversation, way: Transition) -> bool:
    """D11: 911 is said again; else it asks for the same child, and a "no" stands only a while, on the same boot."""
    if not isinstance(way.event, Resumed) or way.before.position.name == "idle":
        return True
    if asks_for_help(way):
        return way.after.position.id == "need_help" and "interrupted" in ids(say.lines if (say := said(way)) else ())
    position, record = way.after.position, way.after.record
    if way.before.position.name == "closing" and way.event == FRESH:
        return position.name == "closing"
    if disposition(way.before.record) == "call_911":
        return position.name == "outcome" and position.id == "call_911"
    if position.name == "question":
        return not way.before.record.answers and "interrupted" in ids(say.lines if (say := said(way)) else ())
    stands = way.event == FRESH or not (noes(record) or position.return_to)
    return position.name == "confirm" and position.id == "same_child" and stands


def every_line_has_its_sources(talk: Conversation, way: Transition) -> bool:
    """D12: every line spoken or shown cites the handout, or is marked as our own."""
    return all(cited(line) for a in way.actions if isinstance(a, Say | Show) for line in a.lines)


@cache
def cited(line: Line) -> bool:
    known = load().handout_ids | {"own"}
    return bool(line.sources and line.text) and set(line.sources) <= known and "{" not in line.text


def a_correction_asks_the_cause(talk: Conversation, way: Transition) -> bool:
    """D7: from an outcome "go back" asks the sign that caused it; "I meant yes" never makes anything less urgent."""
    before = way.before
    if (
        before.position.uninterruptible
        or before.position.speaking
        or before.position.name != "outcome"
        or meant(way.event) != "go_back"
        or volunteered(way)  # a sign named with it counts first (D7, D14)
    ):
        return True
    caused = signs(before.record) | not_sure(before.record) | {f"read_back_{part}" for part in before.record.unresolved}
    caused |= {"emergency"} if before.record.phrase else set()
    return (
        way.after.position.name == "recheck" and way.after.position.id in caused and way.after.record == before.record
    )


def a_wait_and_a_pause_are_not_deaf(talk: Conversation, way: Transition) -> bool:
    """D3: what counts there is answered like the question behind; anything else understood brings that one back; who

    is not understood is told so, once in 20 s.
    """
    before, after = way.before.position, way.after.position
    if before.name not in ("paused", "waiting") or volunteered(way):
        return True
    if isinstance(way.event, NoMatch) and not before.speaking:
        timed = any(isinstance(a, StartTimer) and (a.name, a.after_s) == ("not_understood", 20.0) for a in way.actions)
        return bool(before.tries) or (timed and "missed_noise" in ids(say.lines if (say := said(way)) else ()))
    meaning, behind = meant(way.event), asked_at(way)
    if meaning in ("yes", "soft_yes", "unsure") and behind.name == "question":
        given = dict(way.after.record.answers).get(behind.id)
        again = (after.name, after.id, bool(after.doubted)) == ("question", behind.id, True)
        return given == "yes" or (given == "unsure" if meaning == "unsure" and behind.doubted else again or bool(given))
    if meaning in ("no", "soft_no") and before.name == "paused":
        return way.after.record == way.before.record and (after.name, after.id) == (behind.name, behind.id)
    return True


def silence_pauses_after_three(talk: Conversation, way: Transition) -> bool:
    """D3: two reprompts, no two alike and each with other words; then the pause, which says the emergency signs."""
    position, say = way.before.position, said(way)
    if not isinstance(way.event, NoInput | NoMatch) or position.speaking or not say or position.name == "home_care":
        return True
    if position.name in ("paused", "waiting"):
        return way.after.position == replace(position, tries=1, speaking=True)
    if asks_which(way):
        return way.after.position.name in ("read_back", "question", "offer", "outcome")  # ``a_refused_read_back_...``
    if position.name not in ("question", "read_back", "offer") and position.id != "same_child":
        return way.after.position.name not in ("paused", "closing")
    if position.tries == 2:
        return way.after.position.name == "paused" and "safety_net_1" in ids(say.lines)
    again = talk.prompts.say(way.before, brief=True)
    return way.after.position.tries == position.tries + 1 and say.asked != again.asked


def stop_and_start_over_are_confirmed(talk: Conversation, way: Transition) -> bool:
    """D8: once something was answered, neither happens in the triage without a yes; signs named beside are noted."""
    position, answer = way.before.position, meant(way.event)
    if answer not in ("stop", "start_over") or way.before.record == Record():
        return True
    if answer == "start_over":
        kept = {given for given in way.before.record.answers if given[0] not in volunteered(way)}
        return kept <= set(way.after.record.answers) and bool(volunteered(way) or way.after.record == way.before.record)
    told = position.name in ("outcome", "home_care", "closing") or (position.name, position.id) == (
        "offer",
        "home_care",
    )
    if told or position.id in ("stop", "same_child"):
        return True
    return way.after.position.name != "closing" and not way.end


def a_refused_read_back_asks_which(talk: Conversation, way: Transition) -> bool:
    """D13: a bare "no" asks which one; no sign named then, or doubt, asks the part anew; refused again, it was not

    ruled out: the provider now, and never 911 from a refusal alone.
    """
    position, before, after = asked_at(way), way.before.record, way.after.record
    answer = answered(way)
    if position.name != "read_back" or volunteered(way):
        return True
    which = position.subject == "which"
    if answer == "no" and not which:
        at = way.after.position
        return after == before and (at.name, at.id, at.subject) == ("read_back", position.id, "which")
    missed = isinstance(way.event, NoInput | NoMatch) and asks_which(way) and not position.speaking
    unclear = answer in ("unsure", "soft_yes", "soft_no") or (
        which and answer == "yes" and isinstance(way.event, Pressed)
    )
    if not unclear and not (which and (answer == "no" or missed)):
        return True
    if which and not unclear and not position.tries:
        at = way.after.position
        return after == before and (at.name, at.subject, at.tries) == ("read_back", "which", 1)
    if position.id in before.refused:
        return position.id in after.unresolved and disposition(after) == "call_provider_now"
    part = set(EMERGENCY) if position.id == "emergency" else {*SCOPE, *URGENT}
    return position.id in after.refused and not part & noes(after)


def a_named_sign_counts(talk: Conversation, way: Transition) -> bool:
    """D14: a sign named beside the answer is a yes to its question, unless 911 stands or nobody is asked anything."""
    position = way.before.position
    while position.return_to:
        position = position.return_to
    if not volunteered(way) or position.name in ("idle", "closing") or disposition(way.before.record) == "call_911":
        return True
    return set(volunteered(way)) <= signs(way.after.record)


def open_to_words(way: Transition) -> bool:
    """Whether somebody is listened to there: a word while lines are said waits for their end in the session."""
    return isinstance(way.event, Heard) and not way.before.position.speaking and way.before.position.name != "idle"


def a_heard_yes_is_never_without_effect(talk: Conversation, way: Transition) -> bool:
    """D3, D8: wherever somebody is listened to, a yes leads on, or what was asked is asked again."""
    if not open_to_words(way) or meant(way.event) not in ("yes", "soft_yes"):
        return True
    return way.after != way.before and bool(said(way) or way.end)


def understood_words_are_answered(talk: Conversation, way: Transition) -> bool:
    """D3, D6, D8: no word that has a meaning, and no sign that is named, is met with silence."""
    return not open_to_words(way) or bool(said(way) or way.end)


RULES: tuple[Callable[[Conversation, Transition], bool], ...] = (
    an_emergency_sign_calls_911_at_once,
    only_a_heard_no_is_a_no,
    silence_and_faults_answer_nothing,
    home_care_only_after_every_no,
    only_a_yes_confirms,
    doubt_and_refusal_confirm_nothing,
    a_television_decides_nothing,
    urgency_never_falls_by_itself,
    only_answers_touch_the_answers,
    a_withdrawal_follows_a_heard_no,
    everything_heard_is_answered,
    every_place_holds_the_commands,
    every_end_was_said_or_shown,
    the_911_instruction_is_whole,
    nothing_at_911_is_met_with_silence,
    a_failed_prompt_is_tried_again_then_shown,
    a_resumption_asks_first,
    every_line_has_its_sources,
    a_correction_asks_the_cause,
    a_wait_and_a_pause_are_not_deaf,
    silence_pauses_after_three,
    stop_and_start_over_are_confirmed,
    a_refused_read_back_asks_which,
    a_named_sign_counts,
    a_heard_yes_is_never_without_effect,
    understood_words_are_answered,
)


# The rules that speak of some events only.
_SPOKEN = (Heard, Pressed)
CONCERNS: dict[Callable[[Conversation, Transition], bool], tuple[type[Event], ...]] = {
    silence_and_faults_answer_nothing: (*FAULTS, Resumed),
    doubt_and_refusal_confirm_nothing: _SPOKEN,
    a_television_decides_nothing: (NoMatch, NoInput, Finished, Fired),
    only_answers_touch_the_answers: _SPOKEN,
    a_failed_prompt_is_tried_again_then_shown: (Failed,),
    a_resumption_asks_first: (Resumed,),
    a_correction_asks_the_cause: _SPOKEN,
    silence_pauses_after_three: (NoInput, NoMatch),
    stop_and_start_over_are_confirmed: _SPOKEN,
    a_refused_read_back_asks_which: (*_SPOKEN, NoInput, NoMatch),
    a_named_sign_counts: (Heard,),
    a_heard_yes_is_never_without_effect: (Heard,),
    understood_words_are_answered: (Heard,),
}


@cache
def concerning(event: type[Event], nothing_came: bool) -> tuple[Callable[[Conversation, Transition], bool], ...]:
    rules = ALWAYS if nothing_came else RULES
    return tuple(rule for rule in rules if event in CONCERNS.get(rule, (event,)))


# What can be broken by doing nothing.
ALWAYS = (
    an_emergency_sign_calls_911_at_once,
    everything_heard_is_answered,
    a_resumption_asks_first,
    a_wait_and_a_pause_are_not_deaf,
    nothing_at_911_is_met_with_silence,
    a_heard_yes_is_never_without_effect,
    understood_words_are_answered,
)


class BrokenError(AssertionError):
    """A rule does not hold; ``rule`` is its name."""

    def __init__(self, rule: str, way: Transition) -> None:
        super().__init__(f"{rule}:\n  {way.before}\n  {way.event}\n  {way.after}\n  {way.actions}")
        self.rule = rule


def checker(talk: Conversation) -> Callable[[Transition], None]:
    """Holds every rule against every transition it is given; those of ``ALWAYS`` also where nothing came of it."""

    def check(way: Transition) -> None:
        if not isinstance(way.after, State) or not isinstance(way.actions, tuple):
            raise BrokenError("every_event_gives_a_state_and_actions", way)
        for rule in concerning(type(way.event), way.after is way.before and not way.actions):  # type: ignore[arg-type]
            if not rule(talk, way):
                raise BrokenError(rule.__name__, way)

    return check


def stuck(found: Found, ways: dict[object, set[object]]) -> list[object]:
    """The states from which no end can be reached by ``ways``; every state but those waiting for "start" must."""
    back: dict[object, set[object]] = {}
    for key, nexts in ways.items():
        for after in nexts:
            back.setdefault(after, set()).add(key)
    idle = [key for key, state in found.states.items() if state.position.name == "idle"]
    reached, todo = set(idle), list(idle)
    while todo:
        for before in back.get(todo.pop(), ()):
            if before not in reached:
                reached.add(before)
                todo.append(before)
    return [key for key in found.states if key not in reached]
