"""Recognisers and the rejection policy: from an utterance's samples to a phrase, or to none."""
