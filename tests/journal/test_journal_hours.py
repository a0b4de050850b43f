"""An hour of ice or heat that is interrupted at every event: what is said at the bed stays safe (C2, C3, C6)."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from bedside import (
    MOST_S,
    OFF_S,
    ON_S,
    ROUNDING_S,
    DeadError,
    Moment,
    World,
    check_hour,
    died,
    live,
    obeys,
    says_nothing,
)
from counted import COUNTED
from crashes import CONVERSATIONS, EVERYTHING, STARTS, parts, sampled

from voice_backcare.core.coach.state import TreatmentState
from voice_backcare.core.events import Event
from voice_backcare.core.state import State
from voice_backcare.journal import recorder as journal_recorder
from voice_backcare.terminal.text_conversation import TypedConversation

MINUTE_S = 60.0
HOURS = [name for name in CONVERSATIONS if name.startswith("hour")]
# How long the program is away, and the boot it comes back on.
SAME_BOOT = {"at once": 0.0, "4 minutes": 4 * MINUTE_S, "25 minutes": 25 * MINUTE_S, "3 hours": 180 * MINUTE_S}
OTHER_BOOT = {"at once": 1.0, "25 minutes": 25 * MINUTE_S, "a day": 24 * 60 * MINUTE_S}
ANSWERS = {"obeys": obeys, "says nothing": says_nothing}


@dataclass
class Death:
    """The world as it was when an event had just been written, the journal of that moment, and the state it led to."""

    world: World
    folder: Path
    state: State

    @property
    def treatment(self) -> TreatmentState:
        return self.state.treatment or TreatmentState(stage="over")


def deaths(name: str, folder: Path, *, step: int) -> list[Death]:
    """One for every event of an hour that is coached to its end, or for some of them."""
    world, found, state = World(), list[Death](), State()

    def written(event: Event) -> None:
        nonlocal state
        state = parts()[0].step(state, event)[0]
        copy = folder.with_name(f"{folder.name}-{len(found)}")
        shutil.copytree(folder, copy)
        then = World(world.now_s(), list(world.log), world.boot_id, world.booted_s)
        found.append(Death(then, copy, state))

    live(world, folder, lambda typed: iter(CONVERSATIONS[name]), start=STARTS.get(name, "start"), written=written)
    check_hour(world.log)
    begun = [death for death in found if death.state.treatment and death.state.position.name != "idle"]
    assert len(begun) > 15
    return sampled(begun, step) if step > 1 else begun


def back(
    death: Death,
    away_s: float,
    words: Callable[[TypedConversation], Iterator[str]],
    *,
    boot: str | None = None,
    updated: bool = False,
) -> list[Moment]:
    """The rest of the hour after this death: all that is said and heard from then on."""
    world = replace(death.world, log=list(death.world.log))
    died(world, away_s, boot=boot, updated=updated)
    after = len(world.log)
    COUNTED["hours gone on with after a death"] += 1
    life = live(world, death.folder, words, journal=False)
    check_hour(world.log)
    # Nothing is invented: no answer that was not there, but what is answered now.
    if words is says_nothing:
        assert set(life.typed.session.last.record.answers) <= set(death.state.record.answers)
    return world.log[after:]


def said(log: list[Moment]) -> list[Moment]:
    return [moment for moment in log if moment.what == "said"]


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("away", SAME_BOOT)
@pytest.mark.parametrize("name", HOURS)
def test_on_the_same_boot_the_time_goes_on(name: str, away: str, answers: str, tmp_path: Path) -> None:
    """At each event: what is left is what was left, an overdue pack is told "Off" first, and no start unchecked."""
    away_s = SAME_BOOT[away]
    for death in deaths(name, tmp_path / "journal", step=9):
        log = back(death, away_s, ANSWERS[answers])
        treatment, back_s = death.treatment, log[0].at_s if log else 0.0
        if not (treatment.running and treatment.stage in ("on", "off")):
            continue
        left_s = treatment.since_at_s + treatment.length_s - treatment.spent_s - treatment.now_at_s - away_s
        off = next(moment for moment in said(log) if moment.id in ("coach_off", "coach_take_off"))
        if treatment.stage == "off" or left_s <= 0:
            assert said(log)[0] is off and off.at_s == back_s, said(log)[:2]
        elif away_s <= 15 * MINUTE_S:
            assert off.at_s <= back_s + left_s + ROUNDING_S
            if treatment.pack == "ice":
                assert off.at_s == pytest.approx(back_s + left_s)


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("away", OTHER_BOOT)
@pytest.mark.parametrize("name", HOURS)
def test_where_the_time_is_not_known_it_comes_off(name: str, away: str, answers: str, tmp_path: Path) -> None:
    """C6: at each event of a hour that has begun: "Off" first, 20 minutes off, the broken phase counted as whole."""
    for death in deaths(name, tmp_path / "journal", step=9):
        log = back(death, OTHER_BOOT[away], ANSWERS[answers], boot="two")
        check_unknown(death, log, answers)


def check_unknown(death: Death, log: list[Moment], answers: str) -> None:
    treatment = death.treatment
    if not treatment.running or treatment.first_on_at_s is None or death.state.position.name == "closing":
        return
    first = said(log)[0]
    assert first.id == "coach_off" and first.text.startswith("Off. Take the ")
    starts = [moment for moment in said(log) if moment.id == "coach_on"]
    ends = [moment for moment in said(log) if moment.id in ("coach_off", "coach_take_off")]
    assert not starts or answers == "obeys"
    known_s = treatment.now_at_s - treatment.first_on_at_s
    if treatment.stage in ("on", "resting"):
        known_s = max(known_s, treatment.since_at_s + ON_S - treatment.first_on_at_s)
    for start in starts:
        assert start.at_s >= first.at_s + OFF_S - ROUNDING_S
        end = next(moment for moment in ends if moment.at_s >= start.at_s)
        assert known_s + end.at_s - first.at_s <= MOST_S + ROUNDING_S


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("name", HOURS)
def test_after_an_update_what_may_be_on_comes_off(
    name: str, answers: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of the program knows of a pack that may be on the child, and nothing else of the hour."""
    found = deaths(name, tmp_path / "journal", step=9)
    monkeypatch.setattr(journal_recorder, "digest", lambda: "another version")
    worn = 0
    for death in found:
        log = back(death, 4 * MINUTE_S, ANSWERS[answers], updated=True)
        if (death.treatment.may_be_worn or death.treatment.left_on) and death.state.position.name != "closing":
            worn += 1
            check_unknown(death, log, answers)
            assert said(log)[0].text == f"Off. Take the {death.treatment.pack} off now."
            continue
        of_the_hour = [moment.id for moment in said(log) if moment.id.startswith("coach_")]
        assert of_the_hour[:1] not in (["coach_on"], ["coach_left"], ["coach_stays"]), death.state
    assert worn >= 2


@pytest.mark.parametrize("seed", range(200 if EVERYTHING else 12))
def test_killed_again_and_again_in_one_hour(seed: int, tmp_path: Path) -> None:
    """Random words and deaths on the same boot, at any event or between two: no start unchecked, nothing too long."""
    dice = random.Random(seed)
    words = ["okay", "yes", "no", "maybe", "", "+1m", "+5m", "+20m", "pause", "continue", "how long is left", "repeat"]
    world, pack = World(), dice.choice(("ice", "heat"))

    def anything(typed: TypedConversation) -> Iterator[str]:
        good = obeys(typed)
        for _ in range(dice.randrange(1, 25)):
            yield next(good, "okay") if dice.random() < 0.7 else dice.choice(words)

    for _ in range(8):
        left = dice.randrange(2, 60)

        def written(event: Event) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise DeadError

        life = live(world, tmp_path / "journal", anything, start=f"start_{pack}", written=written)
        if life.writer.ended:
            break
        died(world, dice.choice((0.0, 30.0, 6 * MINUTE_S, 14 * MINUTE_S, 25 * MINUTE_S)))
    check_hour(world.log)


def test_a_pause_that_was_not_heard_of(tmp_path: Path) -> None:
    """It died as "pause" had been written: the first thing to say is that the pack comes off meanwhile (C5)."""
    found = deaths("hour of ice", tmp_path / "journal", step=1)
    paused = next(death for death in found if death.treatment.stage == "held")
    assert "coach_held" in [moment.id for moment in said(back(paused, 4 * MINUTE_S, obeys))][:2]
