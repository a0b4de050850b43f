"""Debouncing of push buttons: bounces, two buttons at once, and a stuck button are no presses.

Pure: it is told every change of a contact with its time, and says when it wants to be called again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

BOUNCE_S = 0.02  # a contact is at rest once it has not moved for this long; with hum on a long wire it never is
TOGETHER_S = 0.08  # two buttons that go down within this are pressed together
STUCK_S = 10.0


@dataclass(frozen=True, slots=True)
class Tap:
    """One press of the button ``name``; ``turn`` is the session's turn when the button went down."""

    name: str
    turn: int


@dataclass(slots=True)
class _Contact:
    """State of one contact."""

    moved_s: float
    moving: bool  # the latest reading
    down: bool  # the debounced state
    down_s: float = 0.0
    turn: int = 0
    stuck: bool = False

    @property
    def rests_s(self) -> float | None:
        """When the contact will have come to rest; None where it has."""
        return None if self.moving == self.down else self.moved_s + BOUNCE_S

    @property
    def stuck_s(self) -> float | None:
        """When the contact counts as stuck; None where it is not held down."""
        return self.down_s + STUCK_S if self.down and not self.stuck else None


@dataclass
class Taps:
    """Debouncer of the buttons ``names``. ``taps`` and ``stuck`` are filled by ``edge`` and ``advance``; whoever reads
    them clears them.

    ``stuck`` names each button that was down for ``STUCK_S``; it is ignored until it is released.
    """

    names: Iterable[str]
    taps: list[Tap] = field(default_factory=list, init=False)
    stuck: list[str] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._contacts = {name: _Contact(0.0, False, False) for name in self.names}
        self._pressed: str | None = None  # the one button that is down and has not counted yet
        self._spoiled = False  # until every button is up again

    def held(self, name: str, at_s: float) -> None:
        """Note that a button is already down at the program's start, which is no press."""
        self._contacts[name] = _Contact(at_s, moving=True, down=True, down_s=at_s)
        self._spoiled = True

    def edge(self, name: str, down: bool, at_s: float, turn: int) -> None:
        """Note a change of a contact; changes come in the order of their times."""
        self.advance(at_s)
        contact = self._contacts[name]
        if down and not contact.moving and not contact.down:
            contact.turn = turn
        contact.moving, contact.moved_s = down, at_s

    def due_s(self) -> float | None:
        """When ``advance`` has to be called; None: not before the next edge."""
        due = [at_s for each in self._contacts.values() for at_s in (each.rests_s, each.stuck_s) if at_s is not None]
        if self._pressed is not None:
            due.append(self._contacts[self._pressed].down_s + TOGETHER_S)
        return min(due, default=None)

    def advance(self, now_s: float) -> None:
        """Note the time ``now_s``: adds presses to ``taps`` and stuck buttons to ``stuck``."""
        while (due_s := self.due_s()) is not None and due_s <= now_s:
            for name, contact in self._contacts.items():
                if contact.rests_s == due_s:
                    self._rest(name, contact)
                elif contact.stuck_s == due_s:
                    self._stick(name, contact)
            pressed = self._pressed
            if pressed is not None and self._contacts[pressed].down_s + TOGETHER_S <= due_s:
                self._count(pressed)

    # --- inside ----------------------------------------------------------------------------

    def _rest(self, name: str, contact: _Contact) -> None:
        contact.down = contact.moving
        if contact.down:
            contact.down_s = contact.moved_s
            if self._spoiled or any(self._others(name)):
                self._pressed, self._spoiled = None, True
            else:
                self._pressed = name
            return
        contact.stuck = False
        if self._pressed == name:
            self._count(name)
        self._forgive()

    def _count(self, name: str) -> None:
        """Add a press, if the button was the only one; a second one that is just going down spoils it."""
        self._pressed = None
        self._spoiled = True  # one press only, however long it is held
        if not any(self._others(name)):
            self.taps.append(Tap(name, self._contacts[name].turn))

    def _others(self, name: str) -> Iterable[bool]:
        return (
            (each.down or each.moving) and not each.stuck for other, each in self._contacts.items() if other != name
        )

    def _stick(self, name: str, contact: _Contact) -> None:
        contact.stuck = True
        self.stuck.append(name)
        self._forgive()

    def _forgive(self) -> None:
        if not any(each.down and not each.stuck for each in self._contacts.values()):
            self._spoiled = False
