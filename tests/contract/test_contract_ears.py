"""What every pair of ears promises (``ports.Ears``): the fake, and the real ones on a virtual microphone."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy
import pytest

from voice_backcare.audio.devices.microphone import Microphone
from voice_backcare.audio.devices.portaudio import PortAudio
from voice_backcare.audio.formats.sound import read_wave
from voice_backcare.audio.input.ears import SpokenEars
from voice_backcare.audio.recognition.vosk_recogniser import VoskRecogniser
from voice_backcare.audio.synthesis.worker_voice import Synthesiser
from voice_backcare.core import grammar
from voice_backcare.core.events import Heard, NoMatch
from voice_backcare.fakes.ports import FakeClock, FakeEars
from voice_backcare.session.ports import Ears, NoSpeech, Notice, Posted, SpeechStarted
from voice_backcare.system.monotonic_clock import SystemClock

_QUIET_S = 0.4


@dataclass
class Harness:
    """``person`` speaks a word, to its end; ``click`` makes a short sound in which there is none."""

    ears: Ears
    inbox: queue.Queue[Posted]
    person: Callable[[str], None]
    click: Callable[[], None]

    def next(self) -> Posted:
        return self.inbox.get(timeout=10)

    def hears(self, turn: int, meaning: str) -> None:
        started, heard = self.next(), self.next()
        assert (started.turn, type(started.what)) == (turn, SpeechStarted)
        assert heard.turn == turn
        assert isinstance(heard.what, Heard)
        assert heard.what.meaning == meaning


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> dict[str, numpy.ndarray]:
    """Spoken words, each in silence, at 16 kHz."""
    folder, voice = tmp_path_factory.mktemp("words"), Synthesiser()
    quiet = numpy.zeros(round(16_000 * _QUIET_S), numpy.int16)
    sounds = {}
    for word in ("yes", "no", "banana"):
        voice.synthesise(word, folder / f"{word}.wav", rate_wpm=140)
        sound = read_wave((folder / f"{word}.wav").read_bytes()).at_rate(16_000)
        sounds[word] = numpy.concatenate([quiet, sound.samples, quiet])
    voice.close()
    breath = numpy.random.default_rng(1).normal(0.0, 1_500.0, 3_200) * numpy.hanning(3_200)
    sounds["a click"] = numpy.concatenate([quiet, breath.astype(numpy.int16), quiet])
    return sounds


@pytest.fixture(scope="module")
def recogniser(model_folder: Path) -> VoskRecogniser:
    known = grammar.load()
    return VoskRecogniser(model_folder, known)


@pytest.fixture(params=["fake", "real"])
def heard(request: pytest.FixtureRequest) -> Iterator[Harness]:
    inbox: queue.Queue[Posted] = queue.Queue()
    if request.param == "fake":
        fake = FakeEars(inbox.put, FakeClock())

        def tell(word: str) -> None:
            fake.hear(NoMatch(0.0, word) if word == "banana" else Heard(0.0, word, word))

        yield Harness(fake, inbox, tell, fake.click)
        return
    rig, words = request.getfixturevalue("rig"), request.getfixturevalue("words")
    clock, portaudio = SystemClock(), PortAudio()
    microphone = Microphone(portaudio, clock)
    ears = SpokenEars(microphone, request.getfixturevalue("recogniser"), inbox.put, clock, portaudio)
    ears.start()
    yield Harness(
        ears,
        inbox,
        lambda word: rig.speak_samples(words[word]) and None,
        lambda: rig.speak_samples(words["a click"]) and None,
    )
    ears.close()


@pytest.mark.parametrize("word", ["yes", "no"])
def test_an_answer_is_heard_once(heard: Harness, word: str) -> None:
    """``SpeechStarted``, then ``Heard``, both of the turn; a second word has nobody listening."""
    heard.ears.listen("any", 7)
    heard.person(word)
    heard.hears(7, word)
    heard.person(word)
    assert heard.inbox.empty()


def test_another_word_is_no_match(heard: Harness) -> None:
    """What is no phrase of the grammar is told as ``NoMatch``, never as an answer."""
    heard.ears.listen("any", 1)
    heard.person("banana")
    assert isinstance(heard.next().what, SpeechStarted)
    event: Notice = heard.next().what
    assert isinstance(event, NoMatch)


def test_a_sound_without_words_leaves_them_open(heard: Harness) -> None:
    """Each ``SpeechStarted`` of it is followed by ``NoSpeech``; the word after it is heard, for the same turn."""
    heard.ears.listen("any", 5)
    heard.click()
    heard.person("yes")
    begun = 0
    while not isinstance((posted := heard.next()).what, Heard):
        begun += 1 if isinstance(posted.what, SpeechStarted) else -1
        assert posted.turn == 5 and isinstance(posted.what, SpeechStarted | NoSpeech) and begun in (0, 1)
    assert begun == 1 and posted.what.meaning == "yes"


def test_closed_ears_hear_nothing(heard: Harness) -> None:
    """Neither before the first ``listen`` nor after ``stop``."""
    heard.person("no")
    heard.ears.listen("any", 1)
    heard.ears.stop()
    heard.person("no")
    assert heard.inbox.empty()


def test_a_later_listen_replaces_the_earlier(heard: Harness) -> None:
    """What is heard belongs to the last turn."""
    heard.ears.listen("any", 1)
    heard.ears.listen("any", 2)
    heard.person("yes")
    heard.hears(2, "yes")
    assert heard.inbox.empty()


def test_nothing_of_a_stopped_turn_is_posted(heard: Harness) -> None:
    """Stopped in the middle of an utterance, the ears never tell its end."""
    heard.ears.listen("any", 1)
    person = threading.Thread(target=heard.person, args=("yes",))
    person.start()
    assert isinstance(heard.next().what, SpeechStarted)
    heard.ears.stop()
    person.join()
    assert all(isinstance(posted.what, Heard) for posted in heard.inbox.queue) and heard.inbox.qsize() <= 1
    while not heard.inbox.empty():  # it was over before the stop, as it always is with the fake
        heard.inbox.get()
    heard.ears.listen("any", 2)
    heard.person("no")
    heard.hears(2, "no")
