"""What was done at home, for the summary: which pack, how often, how long, and what nobody knows."""

from __future__ import annotations

import pytest
from coach_steps import CALM, heard, on, on_hour

from voice_backcare.core.coach.care_log import NOTHING_DONE, HomeCareDone, PackPhase, home_care_done
from voice_backcare.core.coach.state import Application
from voice_backcare.core.content import Personal
from voice_backcare.core.content.lines import amount
from voice_backcare.core.state import Position, State


def test_where_nothing_was_on_nothing_was_done() -> None:
    """A conversation without an hour, and an hour that never started."""
    assert home_care_done(State()) is NOTHING_DONE
    assert HomeCareDone() == HomeCareDone((), None)
    assert home_care_done(on()) is NOTHING_DONE
    assert NOTHING_DONE.packs() == ()


def test_each_phase_has_its_minutes() -> None:
    """What is still on counts until now; the total is from the first "on" to the last "off", pauses included."""
    worn = (Application("ice", 0.0, 1200.0), Application("heat", 2400.0, 2700.0), Application("ice", 3900.0))
    done = home_care_done(State(treatment=on_hour(now_at_s=4200.0), applications=worn))
    assert done.phases == (
        PackPhase("ice", 0.0, 1200.0, 20.0),
        PackPhase("heat", 2400.0, 2700.0, 5.0),
        PackPhase("ice", 3900.0, None, 5.0),
    )
    assert done.total_minutes == 70.0
    assert done.packs() == (("ice", 2, 25.0), ("heat", 1, 5.0))
    off = home_care_done(State(treatment=on_hour(now_at_s=9000.0), applications=worn[:2]))
    assert off.total_minutes == 45.0


def test_a_phase_that_was_off_at_once_lasted_no_time() -> None:
    """Also at the clock's zero."""
    done = home_care_done(State(treatment=on_hour(now_at_s=600.0), applications=(Application("ice", 0.0, 0.0),)))
    assert (done.phases[0].minutes, done.total_minutes) == (0.0, 0.0)
    without_hour = home_care_done(State(applications=(Application("ice", 60.0, 120.0), Application("ice", 240.0))))
    assert (without_hour.phases[1].minutes, without_hour.total_minutes) == (0.0, 3.0)


def test_what_is_not_known_is_not_guessed() -> None:
    """C6: after a power cut neither when it came off nor how long it was on is told, of that pack and in all."""
    worn = (
        Application("ice", 0.0, 1200.0),
        Application("ice", 2400.0, 2500.0, known=False),
        Application("heat", 4000.0, 4600.0),
    )
    done = home_care_done(State(treatment=on_hour(now_at_s=4600.0), applications=worn))
    assert done.phases[1] == PackPhase("ice", 2400.0, None, None)
    assert done.packs() == (("ice", 2, None), ("heat", 1, 10.0))
    assert done.total_minutes is None


def test_the_spoken_summary_tells_it() -> None:
    """Once, twice, three times; the minutes where they are known."""
    first = (Application("ice", 0.0, 30.0),)
    told = heard(State(Position("home_care", "1", speaking=False), CALM, on_hour(stage="over"), first), "summary", 40.0)
    assert "once" in told.say.lead[-1].text
    for count, often in ((1, "once"), (2, "twice"), (3, "3 times")):
        worn = tuple(Application("heat", n * 100.0, n * 100.0 + 60.0, known=count < 3) for n in range(count))
        state = State(Position("home_care", "1", speaking=False), CALM, on_hour(stage="over"), worn)
        line = heard(state, "summary", 900.0).say.lead[-1]
        assert line.id == ("summary_pack_untimed" if count == 3 else "summary_pack")
        assert "Heat" in line.text
        assert often in line.text
    nothing = State(Position("question", "E1", speaking=False), treatment=on_hour(stage="over"), applications=first)
    assert heard(nothing, "summary", 40.0).lead == ["summary_nothing", "summary_pack"]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.0, "less than 1 minute"),
        (0.99, "less than 1 minute"),
        (1.0, "1 minute"),
        (1.4, "1 minute"),
        (2.0, "2 minutes"),
    ],
)
def test_minutes_are_told_whole(minutes: float, words: str) -> None:
    """In words that can be said."""
    assert amount(minutes) == words


def test_numbers_that_a_person_has_set_are_said_digit_by_digit() -> None:
    """The provider's, and an emergency number that is not the usual one."""
    assert Personal().spelled == ()
    assert Personal("112", "Dr. Lee", "555-0142").spelled == ("555-0142", "112")
