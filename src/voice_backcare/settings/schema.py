"""Settings of a person: one TOML file, checked when it is read, and one frozen value.

A key is one line in ``Settings``: its default, and in ``key(...)`` its kind and what the example file says of it. A key
of a table, such as ``[kiosk]``, is a field whose name begins with the table's: ``kiosk_port``.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from voice_backcare import __version__
from voice_backcare.core.content import Personal
from voice_backcare.session.options import Options
from voice_backcare.settings.kinds import (
    Device,
    EmergencyNumber,
    Flag,
    Kind,
    Name,
    Number,
    Numbers,
    PersonName,
    Phone,
    Pin,
    Text,
    WebAddress,
    shown,
)
from voice_backcare.settings.toml_lines import line_of

VARIABLE = "VOICE_BACKCARE_SETTINGS"
MOST_BYTES = 64_000

_BUTTON = "The GPIO pin of a push button for {}; it connects the pin to ground."
KIOSK_TABLES = ("gpio",)  # tables that only a kiosk reads

S = TypeVar("S")


class SettingsError(Exception):
    """Error: the settings file is not valid; ``str()`` names file, line and key, and says what to do."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file: its name, its table ("" for none), and the kind of its value.

    ``about``: its sentence in the example file. ``option``: its name on the command line. ``example``: what stands in
    the example file where the default is empty.
    """

    field: str
    table: str
    name: str
    kind: Kind
    about: str
    option: str
    example: object
    default: Any

    @property
    def path(self) -> tuple[str, ...]:
        """Table and name, as the file nests them."""
        return (self.table, self.name) if self.table else (self.name,)

    @property
    def shown(self) -> str:
        """Table and name, as a message shows them."""
        return ".".join(self.path)


def key(kind: Kind, about: str, *, table: str = "", option: str = "", example: object = None) -> Mapping[str, Any]:
    """Metadata of a field of ``Settings`` that is a key of the file; arguments as in ``Key``."""
    return {"kind": kind, "about": about, "table": table, "option": option, "example": example}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Units stand in the names; None is the system's default."""

    emergency_number: str = field(
        default="911", metadata=key(EmergencyNumber(), "The number to call in an emergency, digits only.")
    )
    provider_name: str = field(
        default="",
        metadata=key(PersonName(), "Your child's provider, said when it is time to call.", example="Dr. Ada Lee"),
    )
    provider_phone: str = field(
        default="", metadata=key(Phone(), "The provider's phone number, read out digit by digit.", example="555-0142")
    )
    recogniser: str = field(
        default="vosk", metadata=key(Name(), "What understands speech: vosk, or pocketsphinx where it is installed.")
    )
    voice_engine: str = field(
        default="pyttsx3", metadata=key(Name(), "What speaks: pyttsx3 (espeak-ng), or piper where it is installed.")
    )
    voice: str | None = field(
        default=None,
        metadata=key(
            Text("ID"),
            "An espeak-ng voice; espeak-ng --voices=en lists them. For piper: the path of a .onnx file.",
            example="gmw/en-us",
        ),
    )
    rate_wpm: int = field(
        default=180,
        metadata=key(Number(105, 245, whole=True), "How fast it speaks, in words a minute: 105 to 245.", option="rate"),
    )
    volume_db: float = field(
        default=0.0,
        metadata=key(
            Number(-16, 12), "How loud it speaks, in decibels: -16 (quieter) to 12 (louder).", option="volume"
        ),
    )
    microphone: str | None = field(
        default=None, metadata=key(Device(), "The microphone: its name, a part of it, or its number.", example="USB")
    )
    loudspeaker: str | None = field(
        default=None, metadata=key(Device(), "The loudspeaker: its name, a part of it, or its number.", example="USB")
    )
    no_input_s: tuple[float, ...] = field(
        default=(6.0, 10.0, 15.0),
        metadata=key(
            Numbers(3, 3, 60), "How long it waits for an answer: three times, in seconds, 3 to 60.", option="no-input"
        ),
    )
    give_up_s: float = field(
        default=600.0,
        metadata=key(
            Number(60, 3600), "How long it waits where nobody answers, in seconds: 60 to 3600.", option="give-up"
        ),
    )
    keep_sessions: bool = field(
        default=False,
        metadata=key(Flag(), "Keep what was asked and answered after a session has ended.", option="keep"),
    )
    model_url: str | None = field(
        default=None,
        metadata=key(
            WebAddress(),
            "Where the packed speech model is had from, before its makers' own address.",
            example="https://mirror.example/vosk-model-small-en-us-0.15.zip",
        ),
    )
    preroll_s: float = field(
        default=0.0,
        metadata=key(
            Number(0, 3),
            "For HDMI or Bluetooth that swallow the first words: how long the loudspeaker is awake before it speaks, "
            "in seconds, 0 to 3. Above 0 it is also kept awake between the words.",
            option="preroll",
            example=0.5,
        ),
    )
    barge_in: bool = field(
        default=False,
        metadata=key(
            Flag(),
            "Hear a person also while the program speaks, where its echo can be taken out of the microphone's sound. "
            "Being tried out.",
            option="barge-in",
        ),
    )
    gpio_yes: int | None = field(default=None, metadata=key(Pin(), _BUTTON.format("Yes"), table="gpio", example=17))
    gpio_no: int | None = field(default=None, metadata=key(Pin(), _BUTTON.format("No"), table="gpio", example=27))
    gpio_unsure: int | None = field(
        default=None, metadata=key(Pin(), _BUTTON.format("I don't know"), table="gpio", example=22)
    )
    gpio_start: int | None = field(
        default=None, metadata=key(Pin(), _BUTTON.format("Start and Repeat"), table="gpio", example=23)
    )
    gpio_light: int | None = field(
        default=None,
        metadata=key(
            Pin(),
            "The GPIO pin of a light: steady while it listens, slow while it speaks, three flashes for a fault.",
            table="gpio",
            example=24,
        ),
    )

    @property
    def personal(self) -> Personal:
        """The settings that are said and shown."""
        return Personal(self.emergency_number, self.provider_name, self.provider_phone)

    @property
    def conversation(self) -> Options:
        """The settings that shape the conversation."""
        return Options(self.personal, self.no_input_s, self.give_up_s)


def all_keys(settings: type = Settings) -> tuple[Key, ...]:
    """Every key of the file, in the order of the example."""
    return tuple(
        Key(
            field=each.name,
            table=each.metadata["table"],
            name=each.name.removeprefix(f"{each.metadata['table']}_") if each.metadata["table"] else each.name,
            kind=each.metadata["kind"],
            about=each.metadata["about"],
            option=f"--{each.metadata['option'] or each.name.replace('_', '-')}",
            example=each.metadata["example"],
            default=each.default,
        )
        for each in fields(settings)
    )


def default_path() -> Path:
    """Path of the user's own file."""
    return platformdirs.user_config_path("voice-backcare") / "settings.toml"


def location(path: Path | None = None) -> Path:
    """``path``, otherwise the path that the environment names, otherwise the user's own file."""
    return path or _named() or default_path()


def read(path: Path | None = None, *, own: bool = True) -> tuple[Settings, frozenset[str]]:
    """Settings of the file, and the names of the fields that it sets. Raises ``SettingsError``, which names file, line
    and key.

    The defaults hold where no file is named and the user has none of their own, or where ``own`` is False.
    """
    file = location(path)
    if path is None and _named() is None and not (own and os.path.lexists(file)):
        return Settings(), frozenset()
    return understood(_text(file), str(file), Settings)


def _named() -> Path | None:
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def understood(text: str, name: str, settings: type[S]) -> tuple[S, frozenset[str]]:
    """The ``settings`` in ``text``, and the names of the fields that it sets; error messages call the file ``name``."""
    table = _parsed(text, name)
    known = {each.path: each for each in all_keys(settings)}
    values: dict[str, Any] = {}
    for path, value in _entries(table, {each.table for each in known.values()}):
        where = f"{name}, line {line_of(text, path)}"
        if path not in known:
            raise SettingsError(f"{where}: {_unknown(path, known)}")
        try:
            values[known[path].field] = known[path].kind.check(value)
        except ValueError as error:
            raise SettingsError(f"{where}: {known[path].shown} {error}.") from None
    return settings(**values), frozenset(values)


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise SettingsError(f"{path} is no ordinary file. Name another settings file.")
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    if len(raw) > MOST_BYTES:
        raise SettingsError(f"The settings file {path} is too large. It has a few lines at most.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(f"{path}, line {line}: this is not text in UTF-8. Save the file as UTF-8.") from error


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).rpartition(" (at ")
        found = re.match(r"line (\d+)", where)
        line = int(found[1]) if found else len(text.splitlines())
        what = f"this is not as TOML wants it ({what[:1].lower()}{what[1:]})"
        raise SettingsError(f'{name}, line {line}: {what}. A line looks like this: emergency_number = "911"') from error
    except RecursionError as error:
        raise SettingsError(f"{name}, line 1: this cannot be understood: too many brackets.") from error


def _entries(table: Mapping[str, Any], tables: set[str]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Path and value of every key of the file; keys of a known table have a path of two names."""
    for name, value in table.items():
        if name in tables and isinstance(value, dict):
            yield from (((name, inner), each) for inner, each in value.items())
        else:
            yield (name,), value


def _unknown(path: tuple[str, ...], known: Mapping[tuple[str, ...], Key]) -> str:
    if (table := path[-1]) in {each.table for each in known.values()}:
        return f"{shown(table)} is a table here: write [{table}], and its keys on the lines below."
    names = {each.shown: each for each in known.values()} | {each.name: each for each in known.values()}
    close = difflib.get_close_matches(".".join(path), names, n=1, cutoff=0.5)
    close = close or [name for name in names if len(path[-1]) > 2 and path[-1] in name][:1]
    hint = f"did you mean {names[close[0]].shown}?" if close else "a newer version may have one. Take the line out."
    return f"there is no key {shown('.'.join(path))} in this version ({__version__}); {hint}"
