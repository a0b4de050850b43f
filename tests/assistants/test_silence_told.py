"""An assistant that tells that nobody spoke: by turns, and over the Wyoming service."""

from __future__ import annotations

import itertools

import pytest
from replaying import TELLS_SILENCE, InTurns, Script, Typed, scripts
from test_turns import talk

from voice_backcare.assistants.turns import TurnConversation
from voice_backcare.session.factory import build_turn_cores

CORES = build_turn_cores()


@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_a_silence_that_is_told_is_the_silence_of_everywhere(script: Script) -> None:
    """Where an assistant tells that nobody spoke, every line is the same, until nothing is asked and only time goes."""
    typed = Typed().play(script).turns
    played = InTurns(script, TELLS_SILENCE)
    kind = "standby"
    for (line, replies), (lines, kind_then, _) in zip(played.play(), typed, strict=False):
        if not line and kind in ("standby", "check"):
            return
        if not line:
            assert tuple(itertools.chain.from_iterable(reply.lines for reply in replies)) == lines
        kind = kind_then


def test_nothing_begins_with_a_silence() -> None:
    """Before a conversation, after its end and where nothing is waited for it has no answer."""
    fresh = TurnConversation(CORES)
    assert fresh.silence(1.0).lines == ()
    assert not fresh.under_way
    over, last = talk("hello", "stop")
    assert last.ended
    assert over.silence(10.0).lines == ()
    assert not over.under_way


def test_silence_ends_in_the_danger_signs_and_a_pause() -> None:
    """Three times the question comes again or the signs are said; then nobody is asked on, and a "no" is none (D3)."""
    conversation, _ = talk("my child's back hurts")
    said = [conversation.silence(10.0 * turn) for turn in range(1, 5)]
    assert all(reply.lines for reply in said[:3])
    assert not any(reply.ended for reply in said)
    assert [reply.listening for reply in said[:2]] == [True, True]
    assert not said[-1].listening
    assert conversation.session.state.record.answers == ()


def test_the_service_is_told_of_silence() -> None:
    """An empty text with the word for it is silence; in nobody's session it is nothing; a text with it is a text."""
    pytest.importorskip("wyoming", reason="the service's own libraries: pip install 'voice-backcare[wyoming]'")
    from wyoming_rig import run, running

    async def scenario() -> None:
        async with running(CORES) as service:
            nothing = await service.turn("", conversation_id="a", voice_backcare={"silence": True})
            assert (nothing.text or "", len(service.service.sessions)) == ("", 0)
            asked = await service.turn("my child's back hurts", conversation_id="a", satellite_id="s")
            for other in ({"conversation_id": "b", "satellite_id": "s"}, {"conversation_id": "b"}):
                nothing = await service.turn("", **other, voice_backcare={"silence": True})
                assert not nothing.text
            again = await service.turn("", conversation_id="a", satellite_id="s", voice_backcare={"silence": True})
            assert again.text and again.text != asked.text
            assert (again.context or {})["voice_backcare"]["listening"]
            spoken = await service.turn("yes", conversation_id="a", satellite_id="s", voice_backcare={"silence": True})
            assert (spoken.context or {})["voice_backcare"]["disposition"] == "call_911"

    run(scenario())
