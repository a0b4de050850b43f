"""Rooms: one conversation each, never mixed, bounded, expiring, and never an emergency given up for another."""

from __future__ import annotations

import random

import pytest

from voice_backcare.assistants.sessions import BUSY_S, EXPIRES_S, HOUR_EXPIRES_S, Ids, NoRoom, Rooms
from voice_backcare.assistants.turns import TurnConversation
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()


def named(name: str) -> Ids:
    return Ids(conversation_id=name)


def say(rooms: Rooms, ids: Ids, *texts: str, at_s: float = 0.0, announces: bool = False) -> str:
    """The id of what is asked after these."""
    for text in texts:
        reply = rooms.reply(ids, text, at_s, announces=announces)
    return reply.id


def test_two_rooms_never_mix() -> None:
    """Each goes on from its own last answer, however they take turns."""
    chance, rooms = random.Random(1), Rooms(CORES)
    alone = {name: TurnConversation(CORES) for name in "abcdefgh"}
    for at_s in range(400):
        name = chance.choice(sorted(alone))
        text = chance.choice(["no", "no", "no", "maybe", "yes", "go back", "stop", "purple", "repeat"])
        assert rooms.reply(named(name), text, float(at_s)) == alone[name].reply(text, float(at_s))
    assert len(rooms) == len(alone)


def test_the_same_words_from_another_satellite_are_another_room() -> None:
    """One conversation id on two satellites: two children."""
    rooms = Rooms(CORES)
    kitchen, bedroom = Ids("c", "kitchen"), Ids("c", "bedroom")
    assert say(rooms, kitchen, "hello", "no", "no") == "E3"
    assert say(rooms, bedroom, "hello") == "E1"
    assert say(rooms, kitchen, "no") == "E4"


def test_a_satellite_that_comes_back_is_asked_about_the_child() -> None:
    """D11: another conversation's id on the same satellite: is it the same child? A "no" answers that, nothing else."""
    rooms = Rooms(CORES)
    say(rooms, Ids("first", "kitchen"), "hello", "no", "no")
    reply = rooms.reply(Ids("second", "kitchen"), "no", 400.0)
    assert (reply.kind, reply.id) == ("confirmation", "same_child")
    assert say(rooms, Ids("second", "kitchen"), "yes", at_s=410.0) == "E3"


def test_after_a_quarter_of_an_hour_every_no_is_asked_again() -> None:
    """D11: the answers of a conversation that was left for longer are stale."""
    rooms = Rooms(CORES)
    say(rooms, Ids("first", "kitchen"), "hello", "no", "no")
    assert say(rooms, Ids("second", "kitchen"), "hello", "yes", at_s=1000.0) == "E1"


@pytest.mark.parametrize(("texts", "then"), [(("hello", "yes"), "call_911"), (("start ice", "yes"), "coach_on")])
def test_a_satellite_that_comes_back_to_911_or_an_hour_goes_on_with_it(texts: tuple[str, ...], then: str) -> None:
    """What stands there is not asked about: it is said."""
    rooms = Rooms(CORES)
    say(rooms, Ids("first", "kitchen"), *texts, announces=True)
    assert say(rooms, Ids("second", "kitchen"), "repeat", at_s=400.0, announces=True) == then


def test_an_emergency_from_a_satellite_that_comes_back_counts_at_once() -> None:
    """D5: before any question about the child."""
    rooms = Rooms(CORES)
    say(rooms, Ids("first", "kitchen"), "hello", "no")
    assert say(rooms, Ids("second", "kitchen"), "she passed out", at_s=400.0) == "call_911"


def test_a_silent_room_expires() -> None:
    """Nothing of the child is kept for longer; the next text begins anew."""
    rooms = Rooms(CORES)
    say(rooms, named("a"), "hello", "no", "no")
    assert say(rooms, named("a"), "no", at_s=EXPIRES_S - 1) == "E4"
    assert say(rooms, named("a"), "no", at_s=2 * EXPIRES_S) == "E1"


def test_a_running_hour_outlasts_a_silent_room() -> None:
    """C3: between two phases nobody needs to say a word; in the end it expires too."""
    rooms = Rooms(CORES)
    say(rooms, named("a"), "start ice", "yes", announces=True)
    rooms.expire(EXPIRES_S + 1)
    assert len(rooms) == 1
    rooms.expire(HOUR_EXPIRES_S + 1)
    assert len(rooms) == 0


def test_the_number_of_rooms_is_bounded() -> None:
    """A flood of new conversations takes no more than the bound, and none that was answered."""
    rooms = Rooms(CORES, most=5)
    say(rooms, named("parent"), "hello", "no", "no")
    for number in range(100):
        say(rooms, named(f"flood {number}"), "hello", at_s=1.0 + number / 100)
    assert len(rooms) == 5
    assert say(rooms, named("parent"), "no", at_s=3.0) == "E4"


def test_an_emergency_is_never_given_up_for_another_room() -> None:
    """Neither 911 that stands nor a pack that is on: those who come then are told, and nothing is lost."""
    rooms = Rooms(CORES, most=3)
    say(rooms, named("911"), "hello", "yes")
    say(rooms, named("ice"), "start ice", "yes", announces=True)
    say(rooms, named("idle"), "hello")
    for number in range(20):
        say(rooms, named(f"new {number}"), "hello", at_s=BUSY_S + number)
    assert say(rooms, named("911"), "repeat", at_s=BUSY_S + 50) == "call_911"
    assert say(rooms, named("ice"), "repeat", at_s=BUSY_S + 50, announces=True) == "coach_on"
    say(rooms, named("third"), "hello", "he fainted", at_s=BUSY_S + 60)
    with pytest.raises(NoRoom):
        rooms.reply(named("fourth"), "hello", BUSY_S + 61)


def test_a_conversation_in_the_middle_is_not_given_up_either() -> None:
    """Somebody who answered a moment ago keeps the room; who has been silent for minutes does not."""
    rooms = Rooms(CORES, most=1)
    say(rooms, named("parent"), "hello", "no")
    with pytest.raises(NoRoom):
        rooms.reply(named("other"), "hello", BUSY_S - 1)
    assert say(rooms, named("other"), "hello", at_s=BUSY_S + 1) == "E1"


def test_a_conversation_that_is_over_goes_first() -> None:
    """Before one that has only begun."""
    rooms = Rooms(CORES, most=2)
    say(rooms, named("begun"), "hello")
    say(rooms, named("over"), "hello", "stop", at_s=5.0)
    say(rooms, named("new"), "hello", at_s=6.0)
    assert rooms.find(named("over")) is None and rooms.find(named("begun")) is not None


@pytest.mark.parametrize("ids", [{}, {"device_id": "d"}, {"conversation_id": "x" * 257}])
def test_ids_that_name_nobody_are_refused(ids: dict[str, str]) -> None:
    """Nor may an id be as long as anybody likes."""
    with pytest.raises(ValueError, match=r"conversation|characters"):
        Ids(**ids)
