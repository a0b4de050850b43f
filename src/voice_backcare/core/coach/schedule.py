"""Schedule of the hour: what is due, and when, computed from the state alone (C3-C5).

Nothing here reads a clock; the state holds the time of the latest event.
"""

from __future__ import annotations

from typing import Literal

from voice_backcare.core.coach.state import HOUR_S, MOST_S, OFF_S, TreatmentState

AWAKE_EVERY_S = 300.0  # C4
AWAKE_NOT_IN_LAST_S = 60.0  # the pack comes off in a moment anyway
LAST_MINUTE_S = 60.0
OFF_AGAIN_S = (60.0, 120.0, 300.0)  # C3: "off" is said again so long after the first time, then every ...
OFF_EVERY_S = 300.0
UNANSWERED_S = 3600.0  # the product's own: "off" is said again at least so long before it ends without a word
HELD_REMINDER_S = 120.0
SHORTEST_ON_S = 120.0  # not worth a start

AT_ONCE = ("off", "asleep", "off_again")

Due = Literal["off", "asleep", "awake", "minute", "halfway", "off_again", "unanswered", "next", "reminder", "all"]


def due(treatment: TreatmentState | None) -> tuple[float, Due] | None:
    """The next thing that is due, with its second on the session's clock; None where nothing is timed."""
    return min(_all_due(treatment), key=lambda at: at[0], default=None) if treatment else None


def due_now(treatment: TreatmentState) -> Due | None:
    """The most important thing that is due by now; None where nothing is.

    What takes the pack off (``AT_ONCE``) goes before everything else, however late it became due (C3).
    """
    now = [what for at_s, what in sorted(_all_due(treatment), key=lambda at: at[0]) if at_s <= treatment.now_at_s]
    return next((what for what in now if what in AT_ONCE), now[0] if now else None)


def on_length_s(treatment: TreatmentState) -> float:
    """Seconds that the pack may be on from now: at most 20 minutes in one go, and 90 in all (C3)."""
    return min(treatment.length_s - treatment.spent_s, MOST_S - treatment.total_s)


def over(treatment: TreatmentState) -> bool:
    """Whether no further "on" fits into the 90 minutes."""
    return MOST_S - treatment.total_s < SHORTEST_ON_S


def asks_to_go_on(treatment: TreatmentState) -> bool:
    """Whether the first 60 minutes are over, and nobody has said yet that it shall go on."""
    return treatment.total_s >= HOUR_S and not treatment.longer


def off_announcements(treatment: TreatmentState) -> int:
    """How often "off" should have been said again by now.

    Those that an interruption swallowed are not made up for one by one.
    """
    made = treatment.announcements_made
    while _off_again_at_s(treatment, made) <= treatment.now_at_s:
        made += 1
    return made


def _off_again_at_s(treatment: TreatmentState, number: int) -> float:
    """When "off" is said again for the time ``number``, counted from 0 (C3)."""
    last = len(OFF_AGAIN_S) - 1
    return treatment.since_at_s + OFF_AGAIN_S[min(number, last)] + OFF_EVERY_S * max(0, number - last)


def _all_due(treatment: TreatmentState) -> list[tuple[float, Due]]:
    if treatment.first_on_at_s is None:
        return []
    match treatment.stage:
        case "on":
            return _while_on(treatment)
        case "off":
            return [(_off_again_at_s(treatment, treatment.announcements_made), "off_again"), _unanswered(treatment)]
        case "resting":
            return [(treatment.since_at_s + OFF_S, "next"), _all_over(treatment)]
        case "held":
            reminder: list[tuple[float, Due]] = [(treatment.since_at_s + HELD_REMINDER_S, "reminder")]
            return [*(reminder if not treatment.announcements_made else []), _all_over(treatment)]
        case "ready":
            return [_all_over(treatment)]
        case _:
            return []


def _while_on(treatment: TreatmentState) -> list[tuple[float, Due]]:
    whole_s = treatment.length_s - treatment.spent_s
    off_at_s = treatment.since_at_s + whole_s
    times: list[tuple[float, Due]] = [(off_at_s, "off")]
    if treatment.announcements_made < 1 and not treatment.spent_s:
        times.append((treatment.since_at_s + whole_s / 2, "halfway"))
    if treatment.announcements_made < 2 and whole_s > LAST_MINUTE_S:
        times.append((off_at_s - LAST_MINUTE_S, "minute"))
    if treatment.awake_by_at_s is not None:
        times.append((treatment.awake_by_at_s, "asleep"))
    elif treatment.pack == "heat" and treatment.checked_at_s + AWAKE_EVERY_S < off_at_s - AWAKE_NOT_IN_LAST_S:
        times.append((treatment.checked_at_s + AWAKE_EVERY_S, "awake"))
    return times


def _unanswered(treatment: TreatmentState) -> tuple[float, Due]:
    """The end of waiting for a word that the pack is off."""
    return max(treatment.since_at_s + UNANSWERED_S, _all_over(treatment)[0]), "unanswered"


def _all_over(treatment: TreatmentState) -> tuple[float, Due]:
    """The end of the 90 minutes (C3)."""
    return (treatment.first_on_at_s or 0.0) + MOST_S, "all"
