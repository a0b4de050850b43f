"""What OpenVoiceOS says by itself: the alarm's thread, and a voice that takes its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

pytest.importorskip("ovoscope", reason="OpenVoiceOS is not installed here; scripts/test-ovos runs these")

from household import Household, Person, speaking

from voice_backcare.assistants.timer_thread import Alarm
from voice_backcare.fakes.ports import FakeClock


def until(true: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Whether it became true in time."""
    end_s = time.monotonic() + within_s
    while not true() and time.monotonic() < end_s:
        threading.Event().wait(0.01)
    return true()


def test_the_alarm_announces_by_itself(house: Household) -> None:
    """C3: nobody has to ask: once the clock has gone on, the skill's own thread says "Off" where it belongs."""
    person = Person(house, "kitchen")
    person.say("start the ice timer for my child's back")
    person.say("yes")
    before = house._listen_on()
    house.clock.advance(1200)
    assert until(lambda: any("Off." in m.data["utterance"] for m in speaking(house.capture.responses[before:])))
    said = [message for message in speaking(house.capture.responses[before:]) if "Off." in message.data["utterance"]]
    assert all(person.is_mine(message) for message in said)
    assert person.say("it's off").endswith("?")


def test_a_voice_that_never_says_it_has_ended(house: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """D3: without the end of playback, silence counts from when a slow voice would have ended, not from its start."""
    monkeypatch.setattr(house.skill, "handle_spoken", lambda message: None)
    person = Person(house, "kitchen")
    person.say("my child's back hurts")
    room = house.skill._room("kitchen")
    seat = house.skill._seats["kitchen"]
    words = len(person.spoken[-1].split())
    seat.held_until_s = house.clock.at_s + 4 + 0.6 * words  # as it is where no such event comes
    assert person.wait(3 + 0.6 * words) == ""
    assert room and room.talk.under_way
    assert person.wait(8).endswith("?")


def test_an_answer_before_the_question_can_be_heard_is_none(house: Household) -> None:
    """D4: a "no" that comes within half a second of the first word was meant for something else; a yes is taken."""
    person = Person(house, "kitchen")
    person.say("my child's back hurts")
    seat = house.skill._seats["kitchen"]
    seat.held_until_s = house.clock.at_s + 10
    assert "breath" in person.say("no")
    seat.held_until_s = house.clock.at_s + 10
    person.wait(1)
    assert person.say("no").endswith("confused?")


def test_one_conversation_that_fails_costs_the_others_nothing(
    house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C3: a fault in one room is said there, with 911; the pack in the other room still comes off on time."""
    kitchen, nursery = Person(house, "kitchen"), Person(house, "nursery")
    for person in (nursery, kitchen):
        person.say("start the ice timer for my child's back")
        person.say("yes")
    broken = house.skill._room("nursery")
    assert broken
    monkeypatch.setattr(broken.talk, "due", lambda now_s: 1 / 0)
    said = speaking(house.advance(1200))
    assert [m.data["utterance"][:20] for m in said if nursery.is_mine(m)] == ["Something went wrong"]
    assert any("nine-one-one" in m.data["utterance"] for m in said if nursery.is_mine(m))
    assert any(m.data["utterance"].startswith("Off.") for m in said if kitchen.is_mine(m))


def test_rooms_that_speak_at_the_same_moment(house: Household) -> None:
    """Four rooms answer from four threads at once: each gets its own next question, and nothing of the others'."""
    from ovos_bus_client.message import Message

    said: dict[str, list[str]] = {f"room {number}": [] for number in range(4)}
    handled = {room: threading.Event() for room in said}

    def took(text: str) -> None:
        message = Message.deserialize(text)
        room = message.context.get("session", {}).get("session_id")
        if room in said and message.msg_type == "speak":
            said[room].append(message.data["utterance"])
        elif room in said and message.msg_type == "ovos.utterance.handled":
            handled[room].set()

    def talk(person: Person, number: int) -> None:
        for utterance in (*("no",) * number, "yes"):
            handled[person.room].clear()
            house.croft.bus.emit(person.utterance(utterance))
            assert handled[person.room].wait(20)

    house.croft.bus.on("message", took)
    people = [Person(house, room) for room in said]
    for person in people:
        person.say("my child's back hurts")
    threads = [threading.Thread(target=talk, args=each) for each in zip(people, range(4), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    house.croft.bus.remove("message", took)
    assert [len(lines) for lines in said.values()] == [2, 3, 4, 5]
    assert all(lines[-1].startswith("Call nine-one-one now") for lines in said.values())
    questions = ["breathe", "confused", "hard to wake", "fainted"]
    for lines in said.values():
        assert all(question in line for question, line in zip(questions, lines[:-1], strict=False))


def test_the_alarm_rings_when_told_and_not_before() -> None:
    """One ring a setting, at its time by the clock it was given; none after it was closed."""
    clock, rung = FakeClock(), threading.Semaphore(0)
    alarm = Alarm(rung.release, lambda: clock)
    alarm.at(10.0)
    assert not rung.acquire(timeout=0.3)
    clock.advance(10.0)
    assert rung.acquire(timeout=5)
    assert not rung.acquire(timeout=1.2)
    alarm.at(None)
    alarm.at(5.0)
    assert rung.acquire(timeout=5)
    alarm.at(20.0)
    alarm.close()
    clock.advance(100.0)
    assert not rung.acquire(timeout=1.2)
    assert not alarm._thread.is_alive()


def test_an_idle_alarm_uses_no_processor_time() -> None:
    """Nothing due means asleep: no looking again and again."""
    looked = 0

    def clock() -> FakeClock:
        nonlocal looked
        looked += 1
        return FakeClock()

    alarm = Alarm(lambda: None, clock)
    alarm.at(None)
    threading.Event().wait(1.5)
    assert looked == 0
    alarm.at(1000.0)
    threading.Event().wait(1.5)
    assert looked <= 4
    alarm.close()
