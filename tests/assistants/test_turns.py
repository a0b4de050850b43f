"""The conversation in turns: the same words as everywhere, and nothing begins that an assistant cannot finish."""

from __future__ import annotations

import itertools
import random

import oracle
import pytest
from replaying import ALL_ABILITIES, InTurns, Script, Typed, same_words, scripts

from voice_backcare.assistants.turns import Abilities, Reply, TurnConversation
from voice_backcare.core import content
from voice_backcare.session.factory import build_turn_cores
from voice_backcare.settings.schema import Settings

CORES = build_turn_cores()
ANNOUNCES = Abilities(announces=True)
NOT_UNDERSTOOD = "I did not get that."
SAID = {
    "yes": ("Yes.", "yeah", "Yes!", "YES", "Yep."),
    "no": ("No.", "no", "Nope!", "No, she doesn\u2019t.", "no, he isn't", "Not at all."),
    "unsure": ("Don\u2019t know.", "I don't know", "Maybe?", "I'm not sure.", "\uff2daybe"),
}
TO_HOME_CARE = ["hello", *["no"] * 6, "yes", *["no"] * 9, "yes", *["no"] * 4]


def talk(*texts: str, abilities: Abilities = Abilities()) -> tuple[TurnConversation, Reply]:  # noqa: B008 (frozen)
    """A conversation after these texts, a second apart, and its last reply."""
    conversation = TurnConversation(CORES, abilities)
    for at_s, text in enumerate(texts):
        reply = conversation.reply(text, float(at_s))
    return conversation, reply


# --- the same words everywhere -------------------------------------------------------------


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_a_transcript_in_turns_says_what_the_typed_conversation_says(script: Script) -> None:
    """With all abilities every line, ask and end is the same; where others stay silent, somebody who spoke is told."""
    typed = Typed().play(script).turns
    for (line, replies), (lines, kind, ask_id) in zip(InTurns(script, ALL_ABILITIES).play(), typed, strict=False):
        said = tuple(itertools.chain.from_iterable(reply.lines for reply in replies))
        if not lines and replies:
            assert said[0] == NOT_UNDERSTOOD, line
            assert not replies[-1].ended
        else:
            assert said == lines, line
        if replies:
            last = replies[-1]
            assert (("end", last.disposition) if last.ended else (last.kind, last.id)) == (kind, ask_id), line


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_a_transcript_without_announcements_never_times_anything(script: Script) -> None:
    """No phase of ice or heat, no silence, nothing said by itself; and no answer but those that were given."""
    played = InTurns(script, Abilities())
    for _, replies in played.play():
        state = played.talk.session.state
        assert state.treatment is None
        assert played.talk.next_due_s() is None
        assert all(kind != "coach" for kind in (state.position.name, getattr(state.position.return_to, "name", "")))
        assert not any("start ice" in line or "start heat" in line for reply in replies for line in reply.lines)


def given_answers(chance: random.Random, yes: float) -> list[str]:
    return chance.choices(("yes", "no", "unsure"), (yes, 1 - 2 * yes, yes), k=60)


def walk(answers: list[str], chance: random.Random) -> tuple[str | None, int]:
    """One triage with these answers, said in many ways, against the table; the disposition, and how many turns."""
    given: dict[str, str] = {}
    conversation = TurnConversation(CORES)
    reply, turns = conversation.reply("my child's back hurts", 0.0), 0
    for answer in answers:
        ask = oracle.next_ask(given)
        assert (reply.kind, reply.id) == (oracle.kind(ask), ask), given
        assert reply.disposition == oracle.outcome(given), given
        if oracle.kind(ask) == "standby" or ask == "offer_home_care":
            break
        if oracle.kind(ask) == "read_back":
            reply, turns = conversation.reply("That's right." if answer != "unsure" else "maybe", 0.0), turns + 1
            if answer == "unsure":
                given = oracle.read_back_refused(given, ask)
            else:
                given[ask] = "confirmed"
            continue
        for _ in range(2 if answer == "unsure" and ask in oracle.QUESTIONS else 1):
            assert reply.listening
            reply, turns = conversation.reply(chance.choice(SAID[answer]), 0.0), turns + 1
        given[ask] = answer
    return reply.disposition, turns


def test_random_answers_lead_where_the_table_says() -> None:
    """D1, D2, D13: three hundred conversations as another recogniser writes them, each ask and outcome the oracle's."""
    chance = random.Random(8)
    seen = {walk(given_answers(chance, chance.choice((0.02, 0.05, 0.2))), chance)[0] for _ in range(300)}
    assert {"call_911", "out_of_scope", "call_provider_now", "follow_up", "home_care"} <= seen


def test_every_answer_to_the_emergency_signs_and_to_the_follow_up() -> None:
    """D1, D2: each yes and each twice-doubt among E1-E6, and all 81 ways to answer the follow-up signs."""
    chance = random.Random(9)
    for at, sign in itertools.product(range(6), ("yes", "unsure")):
        assert walk(["no"] * at + [sign], chance)[0] == "call_911"
    all_no = ["no"] * 6 + ["yes"] + ["no"] * 9 + ["yes"]
    for last in itertools.product(("yes", "no", "unsure"), repeat=4):
        expected = "home_care" if set(last) == {"no"} else "follow_up"
        assert walk([*all_no, *last, "yes"], chance)[0] == expected


# --- what another recogniser writes --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "next_id"),
    [
        ("No.", "E2"),
        ("No, she doesn\u2019t.", "E2"),
        ("\uff2e\uff4f", "E2"),
        ("Don't know.", "E1"),
        ("Call 911!", "call_911"),
        ("9-1-1", "call_911"),
        ("9\u20111\u20111", "call_911"),
        ("9.1.1.", "call_911"),
        ("She\u02bcs not breathing!", "call_911"),
        ("Oh God, I can\u2019t wake him up. Please help.", "call_911"),
        ("Yes", "call_911"),
    ],
)
def test_a_text_means_what_it_would_mean_spoken(text: str, next_id: str) -> None:
    """Digits, capitals, punctuation, curly and wide letters change nothing."""
    assert talk("hello", text)[1].id == next_id


@pytest.mark.parametrize(
    "text", ["", " ", ".", "[unk] no", "[BLANK_AUDIO]", "no purple", "1", "know", "\x00", "no" * 9]
)
def test_what_is_no_answer_never_becomes_one(text: str) -> None:
    """D3: empty, noise, half-heard: the question comes again, and nothing is recorded."""
    conversation, reply = talk("hello", text)
    assert (reply.kind, reply.id) == ("question", "E1")
    assert reply.lines[0] == NOT_UNDERSTOOD
    assert conversation.session.state.record.answers == ()


@pytest.mark.parametrize("text", ["no", "No.", "yes", "nothing"])
def test_an_answer_before_the_first_question_is_none(text: str) -> None:
    """Whatever the first text is, the conversation begins; nothing was asked, so nothing was answered."""
    conversation, reply = talk(text)
    assert (reply.id, reply.listening, reply.ended) == ("E1", True, False)
    assert conversation.session.state.record.answers == ()


def test_an_emergency_in_the_first_text_counts() -> None:
    """D5: before anything was asked, at once, as its sign."""
    conversation, reply = talk("Hey, my daughter passed out")
    assert (reply.id, reply.disposition) == ("call_911", "call_911")
    assert dict(conversation.session.state.record.answers) == {"E4": "yes"}


def test_an_emergency_counts_wherever_the_conversation_stands() -> None:
    """D5: at every ask, pause, wait and step on the way, in the hour, and after an end."""
    ways = [TO_HOME_CARE[:count] for count in range(len(TO_HOME_CARE) + 1)]
    ways += [
        ["hello", "purple", "purple", "purple"],
        ["hello", "wait"],
        [*TO_HOME_CARE, "yes", "next"],
        ["hello", "stop"],
    ]
    ways += [["start ice", "yes"], ["start heat", "yes", "pause"]]
    for way in ways:
        assert talk(*way, "she is not breathing", abilities=ANNOUNCES)[1].disposition == "call_911", way


# --- what an assistant cannot have ---------------------------------------------------------


@pytest.mark.parametrize("text", ["start ice", "Start heat.", "start the timer"])
@pytest.mark.parametrize("step", [0, 1, 2, 5, 8])
def test_without_announcements_the_times_are_said_and_nothing_is_timed(text: str, step: int) -> None:
    """C1: at every step, asked for in every way: the handout's minutes, what it forbids, and no phase."""
    conversation, reply = talk(*TO_HOME_CARE, "yes", *["next"] * step, text)
    assert reply.lines[0].startswith("I can not keep the time here.")
    if text != "start the timer":
        assert any("20 minutes" in line for line in reply.lines)
        assert any("Do not" in line for line in reply.lines)
    assert conversation.session.state.treatment is None


def test_without_announcements_no_words_at_all_begin_an_hour() -> None:
    """Random phrases of all places, from every place: never a phase."""
    chance = random.Random(3)
    phrases = sorted({phrase for place in CORES.grammar.reader.places for phrase in CORES.grammar.sentences(place)})
    phrases += ["start ice", "start heat", "yes", "no", "no", "no"] * 40
    for _ in range(40):
        conversation, _ = talk("hello", *TO_HOME_CARE[1 : chance.randrange(1, len(TO_HOME_CARE) + 1)])
        for at_s in range(60):
            conversation.reply(chance.choice(phrases), 30.0 + at_s)
            assert conversation.session.state.treatment is None


def test_with_announcements_the_hour_is_kept() -> None:
    """C3: halfway, "off" on time, again until somebody says that it is off; the core's own timers."""
    conversation, reply = talk(*TO_HOME_CARE, "yes", "start ice", "yes", abilities=ANNOUNCES)
    began_s = conversation.session.clock.now_s()
    assert reply.id == "coach_on" and not reply.listening
    assert conversation.due(began_s + 599) is None
    halfway = conversation.due(began_s + 600)
    assert halfway and halfway.lines[0].startswith("Halfway")
    minute = conversation.due(began_s + 1140)
    assert minute and minute.lines[0] == "One minute is left."
    off = conversation.due(began_s + 1200)
    assert off and off.lines[0].startswith("Off.") and off.listening
    again = conversation.due(began_s + 1260)
    assert again and again.lines[0].startswith("Off.")
    assert conversation.reply("Okay.", began_s + 1270).id == "changed"


def test_when_announcements_are_lost_the_pack_comes_off_first() -> None:
    """An hour that nobody could announce ends with the next turn: off, and that no time is kept."""
    conversation, _ = talk("start heat", "yes", abilities=ANNOUNCES)
    reply = conversation.announcing(False, 300.0)
    assert reply and reply.lines[:2] == ("Take the heat off.", "I can not keep the time here. Use a clock.")
    assert not conversation.keeping_time and conversation.next_due_s() is None


def test_what_was_due_before_there_were_announcements_is_not_said_later() -> None:
    """An outcome's reminder and end, due while nobody could be told, do not come down on who speaks again."""
    conversation, _ = talk("hello", "yes")
    assert conversation.announcing(True, 5000.0) is None
    assert conversation.due(5000.0) is None
    assert conversation.reply("repeat", 5001.0).lines[0] == "Call 911 now."
    conversation, _ = talk(*TO_HOME_CARE, "no", "hello", "wait")
    conversation.announcing(True, 5000.0)
    assert conversation.reply("continue", 5001.0).id == "E1"


def test_what_was_said_before_an_announcement_does_not_answer_it() -> None:
    """A text that comes as something falls due was said to what stood before; an emergency counts all the same."""
    for text, expected in (("no", "awake"), ("he passed out", "call_911")):
        conversation, _ = talk("start heat", "yes", abilities=ANNOUNCES)
        assert conversation.reply(text, 301.0).id == expected


def test_silence_is_only_timed_from_the_end_of_the_lines() -> None:
    """``hears_silence`` wants to know when the lines were spoken, and a way to say something then."""
    with pytest.raises(ValueError, match="silence"):
        Abilities(announces=True, hears_silence=True)
    conversation, _ = talk("hello", abilities=ALL_ABILITIES)
    conversation.finished(10.0)
    assert conversation.due(15.9) is None
    reprompt = conversation.due(16.0)
    assert reprompt and reprompt.lines[0] == "I did not hear you."


def test_without_timed_silence_nobody_is_taken_to_be_silent() -> None:
    """D3: an hour after a question it still stands, and its answer counts."""
    conversation, _ = talk("hello", abilities=ANNOUNCES)
    assert conversation.due(3600.0) is None
    assert conversation.reply("no", 3601.0).id == "E2"


# --- the microphone ------------------------------------------------------------------------


def test_the_microphone_is_kept_open_for_an_answer_only() -> None:
    """Open at questions, read-backs, offers, steps and outcomes; closed in a pause, a wait, while a pack is on."""
    for way, listening in (
        (["hello"], True),
        (TO_HOME_CARE[:7], True),
        (TO_HOME_CARE, True),
        ([*TO_HOME_CARE, "yes"], True),
        (["hello", "yes"], True),
        (["hello", "purple", "purple", "purple"], False),
        (["hello", "wait"], False),
        (["start ice", "yes"], False),
        (["hello", "stop"], False),
    ):
        assert talk(*way, abilities=ANNOUNCES)[1].listening is listening, way


def test_a_television_closes_the_microphone() -> None:
    """D4: talk that means nothing ends with a closed microphone, from every place, and decides nothing."""
    for way in (["hello"], TO_HOME_CARE[:7], TO_HOME_CARE, [*TO_HOME_CARE, "yes"], ["hello", "yes"], ["start ice"]):
        conversation, reply = talk(*way, abilities=ANNOUNCES)
        record = conversation.session.state.record
        for _ in range(4):
            if not reply.listening:
                break
            reply = conversation.reply("and now the weather for the weekend", 60.0)
        assert not reply.listening, way
        assert conversation.session.state.record == record


# --- the words -----------------------------------------------------------------------------


def test_nothing_is_said_of_keys_that_are_not_there() -> None:
    """No line of an assistant offers to press something, in either core."""
    for core in CORES.cores.values():
        lines = [text.text for text in core.prompts.content.texts()]
        assert not [line for line in lines if "press" in line.lower()]


def test_the_person_s_own_number_and_provider_are_said() -> None:
    """What is set holds here too, in the lines that only an assistant has as well."""
    prepared = build_turn_cores(Settings(emergency_number="112", provider_name="Dr. Lee").conversation)
    assert "112" in prepared.cores[False].prompts.line("no_room").text
    reply = TurnConversation(prepared).reply("call one one two", 0.0)
    assert "Call 112 now." in reply.lines


def test_the_lines_of_an_assistant_keep_the_handout_s_sources() -> None:
    """D12: a line that takes another's place cites what that one cites."""
    told, own = content.without_time(content.without_keys(content.load())), content.load()
    for line_id in told.lines.keys() & own.lines.keys():
        assert told.lines[line_id].sources == own.lines[line_id].sources
    assert told.lines.keys() - own.lines.keys() == {"no_time", "no_room", "own_fault"}


def test_prepared_parts_are_shared() -> None:
    """Two conversations over one core keep nothing of each other."""
    first, second = TurnConversation(CORES), TurnConversation(CORES)
    first.reply("hello", 0.0)
    second.reply("hello", 0.0)
    first.reply("yes", 1.0)
    assert second.reply("no", 1.0).id == "E2"
    assert same_words().cores[True] is same_words().cores[True]
