"""What must hold of every step of the ice and heat hour: one named function a rule, true where the rule holds.

Written from C1-C6 over what a step is given and gives back; nothing here asks the coach what it thinks is due.
"""

from __future__ import annotations

from collections.abc import Callable

from hours import Way, armed

from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.conversation import Conversation
from voice_backcare.core.events import Fired, Heard, Line, NoInput, NoMatch, Pressed, Resumed, Say, Show

ON_S, MOST_S, OFF_S = 20 * 60.0, 90 * 60.0, 20 * 60.0
ROUNDING_S = 1e-6
OFF_LINES = {"coach_off", "coach_take_off", "coach_held"}


def hours(way: Way) -> tuple[TreatmentState, TreatmentState]:
    return way.before.state.treatment or TreatmentState(), way.after.state.treatment or TreatmentState(stage="over")


def said(way: Way) -> tuple[Line, ...]:
    return next((action.lines for action in way.actions if isinstance(action, Say)), ())


def shown(way: Way) -> tuple[Line, ...]:
    return next((action.lines for action in way.actions if isinstance(action, Show)), ())


def ids(lines: tuple[Line, ...]) -> list[str]:
    return [line.id for line in lines]


def meant(way: Way) -> str | None:
    return way.event.meaning if isinstance(way.event, Heard | Pressed) else None


def only_a_yes_to_its_check_starts_it(talk: Conversation, way: Way) -> bool:
    """C2: no start without a yes to "wrapped?" or "awake?", given after the question was said."""
    before, after = hours(way)
    if after.stage != "on" or before.stage == "on":
        return True
    position = way.before.state.position
    return meant(way) == "yes" and (position.name, position.id, position.speaking) == ("coach", "ready", False)


def what_is_forbidden_is_said_before_each_start(talk: Conversation, way: Way) -> bool:
    """C2: I3 or T3, of the pack that is about to go on, and its own check."""
    before, after = way.before.state, way.after.state
    if (after.position.name, after.position.id) != ("coach", "ready") or after.treatment is None:
        return True
    asked_again = before.position == after.position or (before.position.name, before.position.id) == ("coach", "ready")
    if asked_again and before.treatment and before.treatment.pack == after.treatment.pack:
        return True  # it was said on coming here
    told = ids(said(way))
    return f"coach_forbid_{after.treatment.pack}" in told and f"coach_check_{after.treatment.pack}" in told


def never_more_than_twenty_minutes_on(talk: Conversation, way: Way) -> bool:
    """C3: what is on comes off after 20 minutes at the most, what was before a pause included."""
    after = hours(way)[1]
    if after.stage != "on":
        return True
    return after.length_s <= ON_S and after.spent_s >= 0 and way.after.timer_at_s is not None


def never_more_than_ninety_minutes(talk: Conversation, way: Way) -> bool:
    """C3: and nothing is on when 90 minutes are over."""
    after = hours(way)[1]
    if after.stage != "on" or after.first_on_at_s is None:
        return True
    return after.since_at_s + after.length_s - after.spent_s <= after.first_on_at_s + MOST_S + ROUNDING_S


def what_is_on_is_off_in_time(talk: Conversation, way: Way) -> bool:
    """C3: the moment that the timer tells of it, it is off, whatever else was going on."""
    before, after = hours(way)
    if before.stage != "on" or not isinstance(way.event, Fired) or way.event.timer != "coach":
        return True
    over = way.event.at_s >= before.since_at_s + before.length_s - before.spent_s - ROUNDING_S
    return not over or after.stage == "off"


def off_is_said_and_shown(talk: Conversation, way: Way) -> bool:
    """C3, C5, D5: whatever takes the pack off says so; first of all, 911 aside."""
    before, after = hours(way)
    if before.stage != "on" or after.stage == "on":
        return True
    told = ids(said(way))
    if not OFF_LINES & set(told) or not OFF_LINES & set(ids(shown(way))):
        return False
    if after.stage == "off":
        return told[0] == "coach_off" and said(way)[0].text.startswith("Off.")
    return told[0] == "call_911" if way.after.state.position.id == "call_911" else True


def off_waits_for_a_word(talk: Conversation, way: Way) -> bool:
    """C3: only a word or a key acknowledges "off"; no and doubt do not; nothing else goes on without it."""
    before, after = hours(way)
    if before.stage != "off" or after.stage in ("off", "over"):
        return True
    return meant(way) not in (None, "no", "unsure") and after.stage == "resting"


def off_is_said_again(talk: Conversation, way: Way) -> bool:
    """C3: no five minutes without "off" while nobody has said that it is off."""
    after, timer_at_s = hours(way)[1], way.after.timer_at_s
    return after.stage != "off" or (timer_at_s is not None and timer_at_s <= way.after.now_s + 5 * 60.0 + ROUNDING_S)


def stop_it_ends_no_hour(talk: Conversation, way: Way) -> bool:
    """C5: what may be said to the child only asks; where it is asked whether to go on, it is an answer."""
    if meant(way) != "stop_it" or way.before.state.position.id == "go_on":
        return True
    before, after = hours(way)
    return after.running or not before.running


def twenty_minutes_off_between(talk: Conversation, way: Way) -> bool:
    """C3: after an "off" nothing goes on before 20 minutes are over."""
    before, after = hours(way)
    if before.stage != "resting" or after.stage != "ready":
        return True
    return way.after.now_s >= before.since_at_s + OFF_S - ROUNDING_S


def a_change_is_asked_about_before_the_next_start(talk: Conversation, way: Way) -> bool:
    """C3: once the pack was off, the next start wants a "no" to "has anything changed?"."""
    before, after = hours(way)
    entered = (way.after.state.position.name, way.after.state.position.id) == ("coach", "ready")
    if not entered or after.first_on_at_s is None or before.stage in ("held", "over", "before"):
        return True
    return after.unchanged or after.spent_s > 0 or before.stage == "ready"


def a_change_leads_back_to_the_signs(talk: Conversation, way: Way) -> bool:
    """C3: yes to "has anything changed?" asks from E1, and no old "no" stands."""
    position = way.before.state.position
    if (position.name, position.id, position.speaking, meant(way)) != ("coach", "changed", False, "yes"):
        return True
    record = way.after.state.record
    return way.after.state.position.name == "question" and not any(answer == "no" for _, answer in record.answers)


def sleep_takes_the_heat_off(talk: Conversation, way: Way) -> bool:
    """C4: anything but a yes to "awake?" takes the heat off, silence too."""
    before, after = hours(way)
    position = way.before.state.position
    if (position.name, position.id, position.speaking) != ("coach", "awake", False):
        return True
    if meant(way) in ("no", "unsure") or isinstance(way.event, NoInput):
        return after.stage == "off"
    overdue = before.awake_by_at_s is not None and way.after.now_s >= before.awake_by_at_s
    return after.stage != "on" if overdue and isinstance(way.event, Fired) and way.event.timer == "coach" else True


def heat_is_watched(talk: Conversation, way: Way) -> bool:
    """C4: no five minutes of heat without the question, the last minute aside."""
    after = hours(way)[1]
    if after.stage != "on" or after.pack != "heat" or way.after.timer_at_s is None:
        return True
    off_s = after.since_at_s + after.length_s - after.spent_s
    asked_by_s = after.checked_at_s + 5 * 60.0
    waiting = after.awake_by_at_s is not None
    return waiting or asked_by_s >= off_s - 60.0 or way.after.timer_at_s <= max(asked_by_s, way.after.now_s + 2.0)


def silence_and_noise_start_nothing(talk: Conversation, way: Way) -> bool:
    """D2, D3: silence, noise, time and interruptions put no pack on and answer no question."""
    before, after = way.before.state, way.after.state
    if not isinstance(way.event, NoInput | NoMatch | Fired | Resumed):
        return True
    known = {question for question, answer in before.record.answers if answer == "no"}
    given = {question for question, answer in after.record.answers if answer == "no"}
    started = bool(
        after.treatment and after.treatment.stage == "on" and not (before.treatment and before.treatment.stage == "on")
    )
    return given <= known and not started


def an_unknown_time_takes_it_off(talk: Conversation, way: Way) -> bool:
    """C6: where the time is not known the pack comes off at once, and 20 minutes are counted for what was broken."""
    before, after = hours(way)
    if not isinstance(way.event, Resumed) or way.event.same_boot or before.first_on_at_s is None:
        return True
    counted = before.stage != "on" or after.total_s >= before.since_at_s - before.first_on_at_s + ON_S - ROUNDING_S
    return after.stage == "off" and "coach_off" in ids(said(way)) and counted


def the_emergency_comes_first(talk: Conversation, way: Way) -> bool:
    """D5: 911 at once, in every stage; the hour is over, and what is on comes off."""
    if meant(way) != "emergency":
        return True
    before, after = hours(way)
    told = ids(said(way))
    off = "coach_take_off" in told or before.stage not in ("on", "off")
    return told[0] == "call_911" and not after.running and off and way.after.timer_at_s is None


def the_timer_is_armed(talk: Conversation, way: Way) -> bool:
    """What is due is noticed; where the hour is over, nothing is timed."""
    treatment = way.after.state.treatment
    return armed(way.after) if treatment and treatment.running else way.after.timer_at_s is None or treatment is None


RULES: tuple[Callable[[Conversation, Way], bool], ...] = (
    only_a_yes_to_its_check_starts_it,
    what_is_forbidden_is_said_before_each_start,
    never_more_than_twenty_minutes_on,
    never_more_than_ninety_minutes,
    what_is_on_is_off_in_time,
    off_is_said_and_shown,
    off_waits_for_a_word,
    off_is_said_again,
    stop_it_ends_no_hour,
    twenty_minutes_off_between,
    a_change_is_asked_about_before_the_next_start,
    a_change_leads_back_to_the_signs,
    sleep_takes_the_heat_off,
    heat_is_watched,
    silence_and_noise_start_nothing,
    an_unknown_time_takes_it_off,
    the_emergency_comes_first,
    the_timer_is_armed,
)


# "Do you need help at once?" is answered first (D5): silence there is 911 within seconds, and the hour waits for it.
WAIT_FOR_HELP = frozenset((what_is_on_is_off_in_time, off_is_said_again, heat_is_watched, the_timer_is_armed))


class BrokenHourError(AssertionError):
    """A rule does not hold; ``rule`` is its name."""

    def __init__(self, rule: str, way: Way) -> None:
        super().__init__(f"{rule}:\n  {way.before}\n  {way.event}\n  {way.after}\n  {way.actions}")
        self.rule = rule


def checker(talk: Conversation) -> Callable[[Way], None]:
    """Holds every rule against every step it is given."""

    def check(way: Way) -> None:
        asked_first = way.after.state.position.id == "need_help"
        for rule in RULES:
            if not (asked_first and rule in WAIT_FOR_HELP) and not rule(talk, way):
                raise BrokenHourError(rule.__name__, way)

    return check
