"""Both searches, once for all the tests that look at what they found; a rule that breaks stops them."""

from __future__ import annotations

import pytest
from exploring import CORRECTIONS, Found, conversation, explore_answers, explore_places
from rules import checker

from voice_backcare.core.conversation import Conversation


@pytest.fixture(scope="session")
def talk() -> Conversation:
    return conversation()


@pytest.fixture(scope="session")
def places(talk: Conversation) -> Found:
    return explore_places(talk, checker(talk))


@pytest.fixture(scope="session")
def answers(talk: Conversation) -> Found:
    return explore_answers(talk, checker(talk), CORRECTIONS)
