"""The settings file: what is read, and how what is wrong in it is told."""

from __future__ import annotations

import dataclasses
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_backcare.cli.settings import example
from voice_backcare.settings import schema as room
from voice_backcare.settings.kinds import Flag, Number, PersonName
from voice_backcare.settings.schema import Settings, SettingsError, all_keys, read, understood
from voice_backcare.settings.toml_lines import line_of

GOOD = """
# of the children's room
emergency_number = "112"
provider_name = "Dr. Zoë O'Hara-Lee"
provider_phone = "+1 (555) 555-0142"
voice = "gmw/en-us"
recogniser = "PocketSphinx"
voice_engine = "piper"
rate_wpm = 160
volume_db = -4
microphone = 2
loudspeaker = "USB"
no_input_s = [
    8,
    12.5, 20 ]
give_up_s = 300
keep_sessions = true
model_url = "https://mirror.example/model.zip"
preroll_s = 0.5
barge_in = true
[gpio]
yes = 17
no = 27
unsure = 22
start = 23
light = 24
"""


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder is an empty one."""
    monkeypatch.delenv(room.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "voice-backcare" / "settings.toml"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "mine.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(SettingsError) as error:
        read(written(folder, text))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_every_key_is_read(tmp_path: Path) -> None:
    """A file that sets every key sets every field, in the program's own types."""
    settings, given = read(written(tmp_path, GOOD))
    assert settings == Settings(
        emergency_number="112",
        provider_name="Dr. Zoë O'Hara-Lee",
        provider_phone="+1 (555) 555-0142",
        voice="gmw/en-us",
        recogniser="pocketsphinx",
        voice_engine="piper",
        rate_wpm=160,
        volume_db=-4.0,
        microphone="2",
        loudspeaker="USB",
        no_input_s=(8.0, 12.5, 20.0),
        give_up_s=300.0,
        keep_sessions=True,
        model_url="https://mirror.example/model.zip",
        preroll_s=0.5,
        barge_in=True,
        gpio_yes=17,
        gpio_no=27,
        gpio_unsure=22,
        gpio_start=23,
        gpio_light=24,
    )
    assert given == {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\r\n\r\n", 'provider_name = ""\nvoice = ""\n'])
def test_an_empty_file_sets_nothing(tmp_path: Path, text: str) -> None:
    """No keys, a byte order mark, other line ends, empty texts: the usual values hold."""
    assert read(written(tmp_path, text))[0] == Settings()


def test_a_windows_file_is_read(tmp_path: Path) -> None:
    """A byte order mark and carriage returns do no harm, and lines are counted right."""
    assert read(written(tmp_path, '\ufeffrate_wpm = 150\r\nvoice = "a"\r\n'))[0].rate_wpm == 150
    assert "line 2:" in refused(tmp_path, "\ufeffrate_wpm = 150\r\nvoice = 1\r\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('emergency_number = "9l1"', ["emergency_number", "the letter 'l'"]),
        ("emergency_number = 112", ["emergency_number", "quotation marks", '"112"']),
        ('emergency_number = ""', ["emergency_number", "three to six digits"]),
        ('emergency_number = "12"', ["emergency_number", "three to six digits"]),
        ('emergency_number = "١١٢"', ["emergency_number", "digits only"]),
        ('provider_phone = "555-O142"', ["provider_phone", "the letter 'O'"]),
        ('provider_phone = "555#0142"', ["provider_phone", "'#'"]),
        ('provider_phone = "5"', ["provider_phone", "3 to 20 digits"]),
        ("provider_phone = 5550142", ["provider_phone", "quotation marks"]),
        ('provider_name = "{name}"', ["provider_name", "'{'"]),
        ('provider_name = "a_b"', ["provider_name", "'_'"]),
        ('provider_name = "555"', ["provider_name", "letters in it"]),
        ('provider_name = "a b c d e f g h i"', ["provider_name", "8 words"]),
        ("provider_name = true", ["provider_name", "a name", "True"]),
        ("voice = []", ["voice", "a text"]),
        ('voice = "a\\nb"', ["voice", "one line"]),
        ('rate_wpm = "fast"', ["rate_wpm", "whole number from 105 to 245", "'fast'"]),
        ('rate_wpm = "160"', ["rate_wpm", "without quotation marks"]),
        ("rate_wpm = 160.5", ["rate_wpm", "whole number"]),
        ("rate_wpm = 1000", ["rate_wpm", "105 to 245", "1000"]),
        ("rate_wpm = true", ["rate_wpm", "whole number"]),
        ("volume_db = 13", ["volume_db", "-16 to 12"]),
        ("volume_db = nan", ["volume_db", "-16 to 12"]),
        ("volume_db = inf", ["volume_db", "-16 to 12"]),
        ("microphone = -1", ["microphone", "its number"]),
        ("microphone = {}", ["microphone", "its number"]),
        ("no_input_s = 6", ["no_input_s", "3 numbers from 3 to 60"]),
        ("no_input_s = [6, 10]", ["no_input_s", "3 numbers"]),
        ("no_input_s = [6, 10, 1]", ["no_input_s", "3 numbers"]),
        ('no_input_s = [6, 10, "15"]', ["no_input_s", "3 numbers"]),
        ("give_up_s = 0", ["give_up_s", "60 to 3600"]),
        ("give_up_s = 1979-05-27", ["give_up_s", "60 to 3600"]),
        ('model_url = "mirror.example/model.zip"', ["model_url", "https://"]),
        ('keep_sessions = "yes"', ["keep_sessions", "true or false"]),
        ("rate = 160", ["'rate'", "did you mean rate_wpm?"]),
        ("provider_fone = 1", ["'provider_fone'", "did you mean provider_phone?"]),
        ("emergencynumber = 1", ["did you mean emergency_number?"]),
        ("xyz = 1", ["'xyz'", "newer version"]),
        ("preroll_s = 4", ["preroll_s", "0 to 3"]),
        ('gpio.yes = "17"', ["gpio.yes", "GPIO pin", "without quotation marks"]),
        ('gpio.no = "GPIO17"', ["gpio.no", "GPIO pin, 17 for GPIO17"]),
        ("gpio.start = -1", ["gpio.start", "GPIO pin"]),
        ("gpio.light = true", ["gpio.light", "GPIO pin"]),
        ("[robot]\narm = 1", ["'robot'", "newer version"]),
        ("rate_wpm.fast = 1", ["rate_wpm", "whole number"]),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(tmp_path: Path, line: str, words: list[str]) -> None:
    """One sentence names the file, the line, the key, and what the value must be."""
    said = refused(tmp_path, f"# mine\n\ngive_up_s = 70\n{line}\n" if "give_up" not in line else f"#\n\n\n{line}\n")
    assert "mine.toml, line 4: " in said
    assert not [word for word in words if word not in said], said
    assert said.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\nrate_wpm", ["line 2", "not as TOML"]),
        ('voice = "a\n\n', ["line 1", "not as TOML"]),
        ('voice = """a\n\nb', ["line 3", "not as TOML"]),
        ("rate_wpm = 150\nvoice = 'a'\nrate_wpm = 150\n", ["line 3", "not as TOML"]),
        (b"rate_wpm = 150\nvoice = '\xff'\n", ["line 2", "UTF-8"]),
        ("a" * 70_000, ["too large"]),
        ("voice = " + "[" * 5_000, ["line 1"]),
        (b"\0", ["line 1", "not as TOML"]),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: str | bytes, words: list[str]) -> None:
    """No TOML, no UTF-8, far too much: one sentence with the line, never a traceback."""
    said = refused(tmp_path, text)
    assert "mine.toml" in said
    assert not [word for word in words if word not in said], said


def test_a_key_is_found_on_its_line(tmp_path: Path) -> None:
    """Comments, values of several lines and spelled-out names that hold the key's name do not mislead."""
    text = '# rate_wpm = 1\nvoice = "rate_wpm"\n\nno_input_s = [ # rate_wpm\n 6,\n 7, 8]\n\nrate_wpm = 3\n'
    assert "line 8: rate_wpm" in refused(tmp_path, text)
    said = refused(tmp_path, 'voice = "x"\nno_input_s = [ # rate_wpm\n 6,\n 7, 8]\n"rate\\u005fwpm" = 3\n')
    assert "line 5: rate_wpm" in said
    assert "line 3: no_input_s" in refused(tmp_path, "# no_input_s\n\nno_input_s = [\n1,\n2,\n3]\n")


def test_no_file_at_all(tmp_path: Path, no_settings_of_this_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to have one; but one that was named must be there, and be a file."""
    assert read() == (Settings(), frozenset())
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read: No such file"):
        read(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="no ordinary file"):
        read(tmp_path)
    monkeypatch.setenv(room.VARIABLE, str(tmp_path / "gone.toml"))
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        read()


def test_which_file_holds(tmp_path: Path, no_settings_of_this_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is named comes before the environment's, and that before the user's own, which may be left alone."""
    own = no_settings_of_this_machine
    own.parent.mkdir(parents=True)
    own.write_text("rate_wpm = 110\n")
    assert read()[0].rate_wpm == 110
    assert read(own=False)[0] == Settings()
    environment = written(tmp_path, "rate_wpm = 120\n")
    monkeypatch.setenv(room.VARIABLE, str(environment))
    assert read(own=False)[0].rate_wpm == 120
    named = tmp_path / "named.toml"
    named.write_text("rate_wpm = 130\n")
    assert read(named)[0].rate_wpm == 130


def test_the_example_sets_nothing_and_names_every_key() -> None:
    """With its marks taken away it is a settings file that will do, with every key in it."""
    text = example()
    assert tomllib.loads(text) == {}
    bare = "\n".join(line.removeprefix("# ") for line in text.splitlines()[1:] if not line.startswith("##"))
    settings, given = understood(bare, "example", Settings)
    assert given == {key.field for key in all_keys()}
    assert settings.emergency_number == "911" and settings.provider_phone
    for key in all_keys():
        assert key.about in text


def test_a_new_key_is_one_line() -> None:
    """A field with its metadata is read, checked and found on its line, in a table too."""

    @dataclasses.dataclass(frozen=True)
    class More:
        kiosk_port: int = dataclasses.field(
            default=8080, metadata=room.key(Number(1, 65535, whole=True), "The port.", table="kiosk")
        )
        dim: bool = dataclasses.field(default=False, metadata=room.key(Flag(), "Dark at night."))

    def told(text: str) -> str:
        with pytest.raises(SettingsError) as error:
            understood(text, "f", More)
        return str(error.value)

    assert understood("dim = true\n[kiosk]\nport = 90\n", "f", More) == (
        More(90, True),
        frozenset({"kiosk_port", "dim"}),
    )
    assert "f, line 3: kiosk.port must be a whole number" in told("dim = true\n[kiosk]\nport = 0\n")
    assert "f, line 3: there is no key 'kiosk.prt'" in told("\n[kiosk]\nprt = 1\n")
    assert "did you mean kiosk.port?" in told("\n[kiosk]\nprt = 1\n")
    assert "did you mean kiosk.port?" in told("port = 1\n")
    assert "[kiosk]" in told("kiosk = 1\n")


def test_every_key_is_an_option_of_talk() -> None:
    """What can be set in the file can be set for once too, but for what only a kiosk or the model has."""
    from voice_backcare.cli.main import talk
    from voice_backcare.settings.cli_options import OF_NO_CONVERSATION

    options: dict[str | None, Any] = {parameter.name: parameter for parameter in talk.params}
    for key in all_keys():
        if key.table in room.KIOSK_TABLES or key.field in OF_NO_CONVERSATION:
            assert key.field not in options
        else:
            assert key.option in options[key.field].opts
    assert {"settings_file", "summary", "once"} <= options.keys()


def test_what_only_a_kiosk_has_is_an_option_of_it() -> None:
    """The pins of buttons and light are options of ``kiosk``."""
    from voice_backcare.cli.kiosk import kiosk_command

    options: dict[str | None, Any] = {parameter.name: parameter for parameter in kiosk_command.params}
    for key in all_keys():
        if key.table in room.KIOSK_TABLES:
            assert key.option in options[key.field].opts
    assert key.kind.parse("17") == 17


def test_an_error_at_the_end_of_a_long_file_is_found_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often a wrong key's name stands in the lines before it, no part of the file is parsed again and again."""
    noise = "# emergency_number = 1\n" * 1000
    text = f'{noise}no_input_s = [8,\n{noise}10, 15]\nemergency_number = "x"\n'
    parsed: list[int] = []
    really = tomllib.loads

    def counted(source: str) -> dict[str, Any]:
        parsed.append(len(source))
        return really(source)

    monkeypatch.setattr(tomllib, "loads", counted)
    with pytest.raises(SettingsError, match=r"line 2003: emergency_number"):
        understood(text, "settings.toml", Settings)
    assert sum(parsed) < 2 * len(text)


KEYS = st.sampled_from(["emergency_number", "provider_name", "voice", "gpio", "gpio.yes", '"rate_wpm"', "'odd key'"])
VALUES = st.sampled_from(
    [
        "1",
        "true",
        '"a # b"',
        "'it = [x'",
        '"""\nemergency_number = 1\n"""',
        "'''\n[gpio]\nyes = 1'''",
        "[\n 1, # ]\n 2]",
        "{ a = 1 }",
        '"""a\\" b""""',
        '"\\\\"',
    ]
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.lists(st.sampled_from(["", "# x = 1", "  "])))
def test_each_key_is_found_on_its_own_line(values: dict[str, str], between: list[str]) -> None:
    """Whatever stands before it, in values of several lines too, a key is found on the line that it begins on."""
    if {"gpio", "gpio.yes"} <= values.keys():
        del values["gpio"]
    text, lines = "", {}
    for key, value in values.items():
        text += "".join(f"{each}\n" for each in between)
        lines[key] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    tomllib.loads(text)
    for key, line in lines.items():
        path = tuple(name.strip("\"'") for name in key.split("."))
        assert line_of(text, path) == line
    assert line_of(text + "[gpio2]\n\n yes = 1", ("gpio2", "yes")) == text.count("\n") + 3


@pytest.mark.parametrize(
    "name",
    ["Jose\u0301 A\u0301lvarez", "डॉ. प्रिया शर्मा", "டாக்டர் ரவி", "ডাঃ রহমান", "ഡോ. അമ്മ", "क्\u200dष", "Nguyễn Thị Hồng"],
)
def test_a_name_may_be_written_in_any_script(name: str) -> None:
    """Names in decomposed form and in Indic scripts, with their marks, are taken, in composed form."""
    assert PersonName().check(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", ["a" + "\u0316" * 9, "\u0301abc", "a\u202eb", "a\u200bb", "a\nb\x07"])
def test_what_is_no_name_is_still_refused(name: str) -> None:
    """Piled-up marks, a mark without its letter, and what turns the direction or cannot be seen are refused."""
    with pytest.raises(ValueError, match="must be a name"):
        PersonName().check(name)
