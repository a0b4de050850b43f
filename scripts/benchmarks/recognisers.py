"""This program and its peers, each as a function from a recording to a meaning; a peer in its best documented form.

Forms that a peer's documentation leaves open (padding, normalisation) were tried on a sample; the best one stands here.
A peer says "yes" or "no" where it hears exactly that word, and otherwise nothing.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.clips import MODEL, RATE_HZ, clips, frames_of, pcm

Hear = Callable[[np.ndarray], dict[str, Any]]
_ANSWERS = ("yes", "no")
# The sixty most frequent words of English (Oxford English Corpus), as far as the model knows them.
_COMMON = (
    "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her she "
    "or an will my one all would there their what so up out if about who get which go me when make can like time know "
    "now just"
)


@dataclass(frozen=True, slots=True)
class Recogniser:
    """``module`` must be installed; ``padded`` False wants the clip without the silence around it.

    A slow one is measured on every ``every``-th clip only.
    """

    name: str
    form: str
    module: str
    make: Callable[[], Hear]
    padded: bool = True
    every: int = 1

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


def _answer(text: str) -> dict[str, Any]:
    return {"meaning": text if text in _ANSWERS else "no_match", "phrase": text}


def _ours(engine: str) -> Hear:
    from voice_backcare.audio.engines.registry import recogniser_engine
    from voice_backcare.audio.input.file_recognition import hear_frames
    from voice_backcare.core import grammar

    words = grammar.load()
    recogniser = recogniser_engine(engine).loader(MODEL, words)()
    return lambda samples: hear_frames(frames_of(samples), recogniser)


def _vosk(words: Callable[[], list[str]] | None) -> Hear:
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(MODEL))
    grammar = []
    if words is not None:
        known = [word for word in words() if word == "[unk]" or model.vosk_model_find_word(word) >= 0]
        grammar = [json.dumps(known)]
    recogniser = vosk.KaldiRecognizer(model, RATE_HZ, *grammar)

    def hear(samples: np.ndarray) -> dict[str, Any]:
        texts, data = [], pcm(samples)
        for at in range(0, len(data), 8_000):
            if recogniser.AcceptWaveform(data[at : at + 8_000]):
                texts.append(json.loads(recogniser.Result())["text"])
        texts.append(json.loads(recogniser.FinalResult())["text"])
        return _answer(" ".join(" ".join(texts).split()))

    return hear


def _pocketsphinx() -> Hear:
    from pocketsphinx import Decoder, get_model_path

    decoder = Decoder(
        hmm=get_model_path("en-us/en-us"),
        dict=get_model_path("en-us/cmudict-en-us.dict"),
        lm=None,
        loglevel="FATAL",
    )
    decoder.add_jsgf_string("answer", "#JSGF V1.0; grammar answer; public <answer> = yes | no;")
    decoder.activate_search("answer")

    def hear(samples: np.ndarray) -> dict[str, Any]:
        decoder.start_utt()
        decoder.process_raw(pcm(samples), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return _answer(found.hypstr if found else "")

    return hear


def _moonshine() -> Hear:
    from moonshine_voice import ModelArch, Transcriber, get_model_path

    transcriber = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options={"vad_threshold": 0.0})

    def hear(samples: np.ndarray) -> dict[str, Any]:
        lines = transcriber.transcribe_without_streaming(samples.tolist(), RATE_HZ).lines
        return _answer(" ".join(re.sub(r"[^a-z' ]", " ", " ".join(line.text for line in lines).lower()).split()))

    return hear


def _other_words() -> list[str]:
    return sorted({row["label"] for row in clips()} - set(_ANSWERS))


OURS = "voice_backcare"
RECOGNISERS = {
    recogniser.name: recogniser
    for recogniser in (
        Recogniser(OURS, "full grammar of a question, endpointing included", "vosk", lambda: _ours("vosk")),
        Recogniser(
            "voice_backcare on pocketsphinx",
            "the same with the other engine",
            "pocketsphinx",
            lambda: _ours("pocketsphinx"),
            every=4,
        ),
        Recogniser("vosk, yes/no/[unk]", "grammar", "vosk", lambda: _vosk(lambda: [*_ANSWERS, "[unk]"])),
        Recogniser("vosk, yes/no", "grammar without [unk]", "vosk", lambda: _vosk(lambda: [*_ANSWERS])),
        Recogniser(
            "vosk, with the other words as decoys",
            "an upper bound: the grammar knows every word of the test",
            "vosk",
            lambda: _vosk(lambda: [*_ANSWERS, *_other_words(), "[unk]"]),
        ),
        Recogniser(
            "vosk, with 60 common words as decoys",
            'grammar, "know" and "now" among them',
            "vosk",
            lambda: _vosk(lambda: [*_ANSWERS, *_COMMON.split(), "[unk]"]),
        ),
        Recogniser("vosk, no grammar", "exact word", "vosk", lambda: _vosk(None)),
        Recogniser("pocketsphinx", "JSGF yes/no, whole utterances", "pocketsphinx", _pocketsphinx, padded=False),
        Recogniser("moonshine tiny", "exact word, no voice detection", "moonshine_voice", _moonshine, every=4),
    )
}
