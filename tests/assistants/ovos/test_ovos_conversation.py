"""Whole conversations through OpenVoiceOS: its intents, its converse, its sessions, its stop, its voice."""

from __future__ import annotations

import itertools

import pytest

pytest.importorskip("ovoscope", reason="OpenVoiceOS is not installed here; scripts/test-ovos runs these")

import oracle
from household import OPENING, SKILL, Household, Person, speaking, spoken

from voice_backcare.assistants.ovos import skill
from voice_backcare.core import content, grammar
from voice_backcare.settings.schema import Settings

QUESTIONS = content.load().questions
EMERGENCY_WORDS = "Call nine-one-one now"
FOREIGN = "what is the weather in lisbon"


def asks(said: str, question: str) -> bool:
    """Whether what was said ends with this question."""
    wordings = QUESTIONS[question]
    return said.endswith(tuple(map(spoken, (wordings.ask, wordings.plain, wordings.again))))


def up_to(person: Person, question: str) -> str:
    """No to everything before ``question``, both read-backs confirmed."""
    said = person.say(OPENING)
    while not asks(said, question):
        said = person.say("yes" if said.endswith("right?") or "Is that right" in said else "no")
        assert len(person.spoken) < 40
    return said


def begins(utterance: str, person: Person) -> bool:
    """Whether this begins a triage; it is over afterwards."""
    said = person.say(utterance)
    begun = asks(said, "E1")
    if begun:
        person.say("stop")
    return begun


@pytest.mark.parametrize(
    "utterance",
    [
        "my child's back hurts",
        "My son's back is hurting",
        "my daughter has back pain",
        "my kid has a backache",
        "my daughter's back hurts and she cannot sit",
        "help with my son's back",
        "start back care",
    ],
)
def test_words_that_begin(person: Person, utterance: str) -> None:
    """A worried parent's own words begin with the first emergency sign, and the microphone opens."""
    said = person.say(utterance)
    assert asks(said, "E1") and person.listening


@pytest.mark.parametrize(
    "utterance", [FOREIGN, "yes", "no", "my dog's back hurts", "set a timer", "call nine one one", "back", "stop"]
)
def test_words_that_do_not_begin(person: Person, utterance: str) -> None:
    """What is none of its business is left to OVOS: its words are not taken from other skills."""
    assert person.say(utterance) == ""


def test_an_emergency_in_the_first_words(person: Person) -> None:
    """D5: no question stands before "call 911" where the first sentence says it all."""
    said = person.say("my daughter's back hurts and she's not breathing")
    assert said.startswith(EMERGENCY_WORDS)


def test_every_emergency_sign_is_911_at_once(house: Household) -> None:
    """D1: yes to any of the six, and the next thing said is to call 911, twice (D6)."""
    for sign in oracle.EMERGENCY:
        person = Person(house, f"room {sign}")
        up_to(person, sign)
        said = person.say("yes")
        assert said.startswith(EMERGENCY_WORDS) and said.count(EMERGENCY_WORDS) == 2, sign
        assert person.listening


def test_no_to_everything_is_home_care_with_both_read_backs(person: Person) -> None:
    """D13: both read-backs are asked, and home care is reached and read step by step."""
    said, asked, read_backs = person.say(OPENING), [], []
    while asked[-1:] != ["F7"]:
        question = next((each for each in QUESTIONS if asks(said, each)), None)
        (read_backs.append(said) if question is None else asked.append(question))
        said = person.say("yes" if question is None else "no")
    assert tuple(asked) == oracle.QUESTIONS
    assert len(read_backs) == 2 and read_backs[0].startswith("None of the six danger signs.")
    assert person.listening
    assert "ice" in person.say("yes")
    assert person.say("next")


def test_doubt_is_asked_again_and_counts(person: Person) -> None:
    """D2: twice "I don't know" to a sign is taken as yes."""
    person.say(OPENING)
    assert asks(person.say("I don't know"), "E1")
    assert person.say("not sure").startswith(EMERGENCY_WORDS)


def test_stop_is_confirmed_once_something_was_answered(person: Person) -> None:
    """D8: "stop" asks first; anything but a yes goes on; a second stop ends."""
    up_to(person, "E3")
    said = person.say("stop")
    assert "stop" in said.lower() and said.endswith("?") and person.listening
    assert asks(person.say("no"), "E3")
    person.say("stop")
    person.say("stop")
    assert person.say("no") == ""


def test_stop_everything_is_a_stop(person: Person) -> None:
    """OVOS's global stop reaches the skill as well, and is confirmed the same way."""
    up_to(person, "E3")
    assert person.say("stop everything").endswith("?")
    person.say("stop everything")
    assert person.say("no") == ""


def test_a_stop_cuts_off_what_is_being_said_but_not_911(person: Person) -> None:
    """D6: "stop" silences the voice at once, except while it says to call 911."""
    up_to(person, "E2")
    person.say("stop")
    kinds = [message.msg_type for message in person.last]
    assert kinds.index("mycroft.audio.speech.stop") < kinds.index("speak")
    assert person.say("he passed out").startswith(EMERGENCY_WORDS)
    person.say("stop")
    assert "mycroft.audio.speech.stop" not in [message.msg_type for message in person.last]


def test_an_emergency_cuts_off_what_is_being_said(person: Person) -> None:
    """D5: 911 comes first, whatever the voice is in the middle of."""
    person.say(OPENING)
    person.say("she's not breathing")
    kinds = [message.msg_type for message in person.last]
    assert kinds.index("mycroft.audio.speech.stop") < kinds.index("speak")


def test_two_sessions_never_mix(house: Household) -> None:
    """Each of two children has their own answers, turn by turn, and their own end."""
    kitchen, nursery, device = Person(house, "kitchen"), Person(house, "nursery"), Person(house, "default")
    for person in (kitchen, nursery, device):
        assert asks(person.say(OPENING), "E1")
    for question in ("E2", "E3", "E4"):
        assert asks(kitchen.say("no"), question)
    assert asks(nursery.say("no"), "E2")
    assert asks(device.say("I don't know"), "E1")
    assert nursery.say("yes").startswith(EMERGENCY_WORDS)
    assert asks(kitchen.say("no"), "E5")
    assert asks(device.say("no"), "E2")
    assert not any(EMERGENCY_WORDS in said for said in kitchen.spoken + device.spoken)


def test_what_is_said_goes_back_to_where_it_came_from(house: Household) -> None:
    """Every line, answered or announced, is addressed to the satellite that spoke."""
    for room in ("kitchen", "nursery"):
        person = Person(house, room)
        for utterance in (OPENING, "no", "blah", "stop", "no"):
            person.say(utterance)
            assert {each.context["destination"] for each in speaking(person.last)} == {f"satellite {room}"}, utterance
        person.wait(8)
        assert {each.context["destination"] for each in speaking(person.last)} == {f"satellite {room}"}


def test_unknown_words_are_no_answer(person: Person) -> None:
    """Words that mean nothing get the question again, never the next one; other skills do not hear them."""
    up_to(person, "E2")
    for words in (FOREIGN, "purple", "he said no earlier", "noah", ""):
        assert asks(person.say(words), "E2") and person.listening, words
        assert asks(person.say("no"), "E3"), words
        assert asks(person.say("go back"), "E2"), words


def test_a_disagreeing_recogniser_is_no_answer(person: Person) -> None:
    """Where a recogniser's alternatives differ in meaning, none of them counts; a cry for help in any does."""
    up_to(person, "E2")
    assert asks(person.say("no", "yes"), "E2")
    assert asks(person.say("no", "I don't know"), "E2")
    assert asks(person.say("no", "noah"), "E3")
    assert asks(person.say("purple", "no"), "E3")
    assert asks(person.say("no", "no but his legs are tingling"), "E3")  # a sign that only one of them names (D14)
    assert person.say("no", "no she's not breathing").startswith(EMERGENCY_WORDS)


def test_nothing_heard_is_never_a_no(person: Person) -> None:
    """D3: three times nothing, and it pauses and says the danger signs; it never goes on."""
    up_to(person, "E2")
    said = [person.hears_nothing() for _ in range(4)]
    assert all(asks(each, "E2") for each in said[:2])
    assert not any(asks(each, "E3") for each in said)
    assert not person.listening and said[3] == ""
    assert asks(person.say("continue"), "E2")


def test_silence_is_timed_from_the_end_of_speaking(person: Person) -> None:
    """D3: 6 s after the voice ended the question comes again, then after 10 s and 15 s, and then it pauses."""
    up_to(person, "E2")
    assert person.wait(5.9) == ""
    assert asks(person.wait(0.2), "E2") and person.listening
    assert person.wait(9.8) == ""
    assert asks(person.wait(0.2), "E2")
    person.wait(15)
    assert not person.listening
    assert "nine-one-one" in person.wait(120)
    person.wait(600)
    assert person.say("no") == ""


def test_an_open_microphone_holds_the_silence(person: Person) -> None:
    """What a person is just saying is waited for; if nothing ever comes of it, silence counts again."""
    up_to(person, "E2")
    person.wait(5)
    person.house.emit(person.message("recognizer_loop:record_begin"))
    assert person.wait(7.9) == ""
    assert asks(person.say("no"), "E3")
    person.house.emit(person.message("recognizer_loop:record_begin"))
    assert person.wait(13) == ""
    assert asks(person.wait(2), "E3")


def test_a_session_that_forgets_who_is_active_still_reaches_it(house: Household) -> None:
    """A satellite that sends an old copy of its session gets the same conversation, emergencies included."""
    person = Person(house, "attic", keeps=False)
    assert asks(person.say(OPENING), "E1")
    assert asks(person.say("no"), "E2")
    assert asks(person.say("blah blah"), "E2")
    assert person.say("stop").endswith("?")
    person.say("no")
    assert person.say("he passed out").startswith(EMERGENCY_WORDS)


def test_it_is_reached_for_the_whole_hour(house: Household) -> None:
    """OVOS forgets a skill after five minutes without a word; this one is kept while a conversation is under way."""
    person = Person(house, "default")
    person.say("start the ice timer for my child's back")
    person.say("yes")
    before = len(house.capture.responses)
    person.wait(540)
    kept = [each for each in house.capture.responses[before:] if each.msg_type == "intent.service.skills.activate"]
    assert len(kept) >= 4 and all(each.data["skill_id"] == SKILL for each in kept)
    assert "11" in person.say("how long is left") or "minutes" in person.spoken[-1]


def test_the_hour_is_announced_to_whom_it_concerns(house: Household) -> None:
    """C3: "Off" is said on time, unasked, in the session where the hour began, and nowhere else."""
    kitchen, nursery = Person(house, "kitchen"), Person(house, "nursery")
    kitchen.say("start the ice timer for my child's back")
    assert kitchen.say("yes").startswith("On.")
    nursery.say(OPENING)
    nursery.say("stop")
    messages = speaking(house.advance(1200))
    assert [each for each in messages if not kitchen.is_mine(each)] == []
    assert messages[-1].data["utterance"].startswith("Off.")
    assert messages[-1].context["destination"] == "satellite kitchen"
    assert kitchen.say("it's off").endswith("?")


def test_other_skills_can_be_used_while_a_phase_runs(person: Person) -> None:
    """For twenty minutes OVOS is not ours: only words of the hour are taken, and a cry for help always is."""
    person.say("start the heat timer for my child's back")
    person.say("yes")
    assert person.say(FOREIGN) == ""
    assert "complete_intent_failure" in [message.msg_type for message in person.last]
    assert person.say("how long is left")
    assert person.say("she's not breathing").startswith(EMERGENCY_WORDS)


def test_a_second_beginning_is_confirmed(person: Person) -> None:
    """D8: the first words said again in the middle ask whether to start over; answers are not lost by them."""
    up_to(person, "E3")
    for _ in range(4):
        person.hears_nothing()
    said = person.say(OPENING)
    assert said.endswith("?") and not asks(said, "E1")
    assert asks(person.say("no"), "E3")


def test_louder_is_the_assistants_volume(person: Person) -> None:
    """D8: "louder" and "quieter" go to OVOS's own volume."""
    person.say(OPENING)
    for word, kind in (("louder", "increase"), ("quieter", "decrease")):
        assert asks(person.say(word), "E1")
        assert f"mycroft.volume.{kind}" in [message.msg_type for message in person.last]


def test_numbers_are_given_to_the_voice_as_words(house: Household) -> None:
    """No voice is left to make "nine hundred eleven" of it: 911, the provider's number and a fever are spelled out."""
    house.begin_afresh(Settings(emergency_number="112", provider_phone="555-0142"))
    person = Person(house, "kitchen")
    up_to(person, "R1")
    assert "100.4 degrees Fahrenheit, or 38 degrees Celsius" in person.spoken[-1]
    assert "five-five-five, zero-one-four-two" in person.say("yes")
    assert person.say("call 112").startswith("Call one, one, two now")


def test_a_fault_is_said_not_swallowed(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program itself fails, the person hears that, and what to do in an emergency."""
    person = Person(house, "kitchen")
    person.say(OPENING)
    monkeypatch.setattr(skill.BackcareSkill, "_one_of", lambda *_: 1 / 0)
    said = person.say("no")
    assert "Something went wrong" in said and "nine-one-one" in said
    monkeypatch.undo()
    assert asks(person.say("no"), "E2")


def test_a_full_house_is_said(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every room is taken by somebody who must not be given up, the new one is told, with 911."""
    monkeypatch.setattr(house.skill._sessions, "_most", 2)
    first = [Person(house, room) for room in ("kitchen", "nursery")]
    for person in first:
        up_to(person, "E2")
    said = Person(house, "attic").say(OPENING)
    assert "too many people" in said and "nine-one-one" in said
    assert all(asks(person.say("no"), "E3") for person in first)


def test_the_intents_are_few_and_their_phrases_are_the_grammars(house: Household) -> None:
    """OVOS matches each utterance against every sample: they stay under 200; and what they say is in our grammar."""
    from ovos_utils.bracket_expansion import expand_template

    lines = [line for path in house.skill_folder().glob("*.intent") for line in path.read_text().splitlines()]
    assert len(list(itertools.chain.from_iterable(map(expand_template, lines)))) < 200
    phrases = {name: phrase for name, phrase in skill._INTENTS.items() if phrase}
    idle = grammar.load()
    assert {name: idle.read("idle", phrase).meaning for name, phrase in phrases.items()} == {
        "ice": "start_ice",
        "heat": "start_heat",
        "ice_or_heat": "start_coach",
    }
