"""Each word that the reader waits for can be heard by the model, or is marked as written only."""

from __future__ import annotations

import vosk
from understanding_data import FOLDER, reader

from voice_backcare.audio.model import store
from voice_backcare.core.understanding.lexicon import read_table


def test_every_word_of_the_data_can_be_heard() -> None:
    """The model knows each word of every phrase, but for those that are written only."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(model_path=str(store.ready()))
    lexicon, commands = reader().lexicon, reader().commands
    small = read_table(FOLDER / "words" / "small_words.yaml")
    written = set(small["written_only"]) | set(small["foreign"])
    phrases = [phrase for texts in (*lexicon.spoken.values(), *commands.spoken.values()) for phrase in texts]
    phrases += [word for name, words in small.items() if name not in ("written_only", "foreign") for word in words]
    words = {word for phrase in phrases for word in phrase.split() if not word.startswith("'")}
    assert sorted(word for word in words - written if model.vosk_model_find_word(word) < 0) == []
