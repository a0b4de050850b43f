"""What people say, and what it means: a small, pure, deterministic reader over words.

``reader.Reader.read(place, text)`` gives one ``reading.Reading``. The word classes, and each sign's own words for
*there* and *not there*, are data in ``grammars/words``, ``grammars/signs`` and ``grammars/places``.
"""
