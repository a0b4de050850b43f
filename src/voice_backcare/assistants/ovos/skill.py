"""Skill for OpenVoiceOS: its ears, voice and sessions, with the same conversation as everywhere.

A session of OVOS is one session here. What is said in it comes through ``converse``, or through the fallback where the
session's own copy does not say that a conversation is under way; "stop" comes through the stop pipeline. What is timed
is spoken from the timer's thread, to whoever spoke last in that session.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ovos_bus_client.message import Message
from ovos_bus_client.session import Session, SessionManager
from ovos_utils import classproperty
from ovos_utils.process_utils import RuntimeRequirements
from ovos_workshop.skills.converse import ConversationalSkill
from ovos_workshop.skills.fallback import FallbackSkill

from voice_backcare.assistants.sessions import Ids, NoSessionFree, SessionEntry, Sessions
from voice_backcare.assistants.timer_thread import Alarm
from voice_backcare.assistants.turns import Abilities, Reply
from voice_backcare.core.content.pronunciation import spoken_form
from voice_backcare.session.factory import build_turn_cores
from voice_backcare.session.ports import Clock
from voice_backcare.session.session import HASTY_S
from voice_backcare.settings import schema
from voice_backcare.system.monotonic_clock import SystemClock

ABILITIES = Abilities(announces=True, hears_silence=True, playback_finished=True)
FALLBACK_PRIORITY = 1  # before fallbacks that only guess
WORD_S = 0.6  # a word of a slow voice; how long speaking takes where its end is not reported
STARTING_S = 4.0
HEARING_S = 8.0  # a recogniser that has opened its ears answers within this time
ACTIVE_S = 120.0  # renewed this often; OVOS deactivates a skill after 300 s without a word
ALTERNATIVES_MOST = 10
_CALL_911 = "call_911"
_VOLUME = {"louder": "mycroft.volume.increase", "quieter": "mycroft.volume.decrease"}
_INTENTS = {"back_pain": None, "ice": "start ice", "heat": "start heat", "ice_or_heat": "start the timer"}


@dataclass
class Seat:
    """Where a session's conversation is heard and spoken; times are in seconds on the skill's clock."""

    message: Message  # the last one, whose context leads back to whoever spoke
    listening: bool = False
    urgent: bool = False  # 911 has been said
    said_s: float = 0.0
    active_s: float = 0.0
    held_until_s: float | None = None  # until then the program or the person speaks, and silence is not timed


class BackcareSkill(ConversationalSkill, FallbackSkill):
    """Skill that asks the red-flag questions and guides home care, spoken with OVOS's own voice."""

    clock: Clock = SystemClock()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock = (
            threading.RLock()
        )  # sessions are for one thread; held while speaking, so that turns keep their order
        self._seats: dict[str, Seat] = {}
        self._alarm: Alarm | None = None
        super().__init__(*args, **kwargs)

    @classproperty
    def runtime_requirements(self) -> RuntimeRequirements:
        """Requirements of the skill: neither network nor internet."""
        return RuntimeRequirements(
            internet_before_load=False,
            network_before_load=False,
            requires_internet=False,
            requires_network=False,
            no_internet_fallback=True,
            no_network_fallback=True,
        )

    def initialize(self) -> None:
        """Read the settings, start the timer's thread, and register the intents and the handlers of OVOS's messages."""
        self.use(self._own_settings())
        self._alarm = Alarm(self.pass_time, lambda: self.clock)
        for name, phrase in _INTENTS.items():
            self.register_intent_file(f"{name}.intent", self._beginning(phrase))
        self.register_fallback(self.handle_fallback, FALLBACK_PRIORITY)
        self.add_event("recognizer_loop:audio_output_end", self.handle_spoken, speak_errors=False)
        self.add_event("recognizer_loop:record_begin", self.handle_ears_open, speak_errors=False)
        self.add_event("recognizer_loop:speech.recognition.unknown", self.handle_nothing_heard, speak_errors=False)

    def use(self, own: schema.Settings) -> None:
        """Use the settings ``own``; conversations under way end."""
        with self._lock:
            self._spelled = own.personal.spelled
            self._number = own.emergency_number
            self._shared = build_turn_cores(own.conversation)
            self._sessions = Sessions(self._shared)
            self._seats.clear()

    def shutdown(self) -> None:
        """Stop the timer's thread."""
        if self._alarm:
            self._alarm.close()

    # --- what OVOS asks ----------------------------------------------------------------------

    def can_converse(self, message: Message) -> bool:
        """Whether this skill wants the utterance: any while an answer is wanted or 911 stands (D6), otherwise only
        one that means something to it, so that OVOS can be used during ice or heat.
        """
        with self._lock:
            entry = self._entry_of(message)
            if entry is None:
                return False
            seat = self._seats[entry.ids.conversation_id]
            seat.message.context["session"] = message.context.get("session", seat.message.context.get("session"))
            return seat.listening or seat.urgent or any(entry.talk.meaning(text) for text in _texts(message))

    def can_answer(self, message: Message) -> bool:
        """Whether the fallback is to bring the utterance here; as ``can_converse``."""
        return self.can_converse(message)

    def can_stop(self, message: Message) -> bool:
        """Whether "stop" is for this skill: a conversation is under way in the session."""
        with self._lock:
            return self._entry_of(message) is not None

    # --- what OVOS brings --------------------------------------------------------------------

    def converse(self, message: Message) -> bool:
        """Answer an utterance of a session whose conversation is under way."""
        return self._safely(message, self._answer)

    def handle_fallback(self, message: Message) -> bool:
        """Answer an utterance of a session that did not say that this skill is active."""
        self.activate()
        return self._safely(message, self._answer)

    def stop_session(self, session: Session) -> bool:
        """Handle "stop", said to this skill or to everything: the core confirms it where D8 wants that.

        Always False: for a True, OVOS would cut off the answer.
        """
        with self._lock:
            entry = self._entry(session.session_id)
            if entry:
                seat = self._seats[session.session_id]
                if not seat.urgent:  # 911 is not interruptible (D6)
                    self._hush(seat.message)
                self._say(seat.message, entry, entry.talk.reply("stop", self._turn_s(entry)))
        return False

    def handle_spoken(self, message: Message) -> None:
        """Handle the end of the voice: silence counts from here."""
        with self._lock:
            entry = self._entry_of(message)
            if entry:
                self._seats[entry.ids.conversation_id].held_until_s = None
                entry.talk.finished(self.clock.now_s())
                self._set_alarm()

    def handle_ears_open(self, message: Message) -> None:
        """Handle the opening of the microphone: an utterance, or that there was none, follows before long."""
        with self._lock:
            entry = self._entry_of(message)
            if entry:
                now_s = self.clock.now_s()
                entry.talk.hearing(now_s)
                self._seats[entry.ids.conversation_id].held_until_s = now_s + HEARING_S
                self._set_alarm()

    def handle_nothing_heard(self, message: Message) -> None:
        """Handle silence or noise: never an answer, and not answered where none is wanted (D3)."""
        with self._lock:
            entry = self._entry_of(message)
            if entry:
                seat = self._seats[entry.ids.conversation_id]
                seat.held_until_s = None
                if seat.listening:
                    self._say(seat.message, entry, entry.talk.reply("", self._turn_s(entry)))
                self._set_alarm()

    def pass_time(self) -> None:
        """Say what is due by now, each in its own session, to whoever spoke last there."""
        with self._lock:
            now_s = self.clock.now_s()
            self._sessions.expire(now_s)
            for entry in self._sessions:
                if seat := self._seats.get(entry.ids.conversation_id):
                    self._pass_time_in(entry, seat, now_s)
            self._seats = {key: seat for key, seat in self._seats.items() if self._sessions.find(Ids(key))}
            self._set_alarm()

    def next_due_s(self) -> float | None:
        """When ``pass_time`` has something to do; None where nothing is timed."""
        with self._lock:
            due = [self._entry_due_s(entry) for entry in self._sessions if entry.talk.under_way]
            return min((at_s for at_s in due if at_s is not None), default=None)

    # --- inside ------------------------------------------------------------------------------

    def _pass_time_in(self, entry: SessionEntry, seat: Seat, now_s: float) -> None:
        """Say what is due in one session. A conversation that fails is ended aloud: the others, and their packs, must
        not wait for it.
        """
        try:
            if seat.held_until_s is not None and seat.held_until_s <= now_s:
                seat.held_until_s = None
                entry.talk.finished(now_s)
            if seat.held_until_s is None and (reply := entry.talk.due(now_s)):
                self._say(seat.message, entry, reply)
            elif entry.talk.under_way and now_s >= seat.active_s + ACTIVE_S:
                self._keep_active(seat.message, seat)
        except Exception:
            self.log.exception("voice_backcare gave up a conversation")
            del self._seats[entry.ids.conversation_id]
            self._say_trouble(seat.message)

    def _beginning(self, phrase: str | None) -> Callable[[Message], None]:
        """Handler of an intent that begins a conversation with ``phrase``, or with what was said where that is None."""

        def begin(message: Message) -> None:
            self._safely(message, lambda message: self._begin(message, phrase))

        return begin

    def _begin(self, message: Message, phrase: str | None) -> None:
        now_s = self.clock.now_s()
        key = SessionManager.get(message).session_id
        try:
            entry = self._sessions.entry(Ids(key), now_s, ABILITIES)
        except NoSessionFree:
            self.speak_dialog("busy", {"number": self._pronounced(self._number)})
            return
        self._seats.setdefault(key, Seat(message))
        talk, texts = entry.talk, _texts(message)
        emergency = next((text for text in texts if talk.means_emergency(text)), None)
        text = emergency or ("start over" if talk.under_way else phrase or next(iter(texts), ""))
        self._say(message, entry, talk.reply(text, self._turn_s(entry)))

    def _answer(self, message: Message) -> None:
        entry = self._entry_of(message)
        if entry:
            text = self._one_of(entry, _texts(message))
            self._say(message, entry, entry.talk.reply(text, self._turn_s(entry)))

    def _one_of(self, entry: SessionEntry, texts: list[str]) -> str:
        """The text that counts, of a recogniser that gives several: one with an emergency in it, otherwise the first;
        "" where they disagree.
        """
        talk = entry.talk
        if emergency := next((text for text in texts if talk.means_emergency(text)), None):
            return emergency
        read = {meaning for text in texts if (meaning := talk.meaning(text))}
        seat = self._seats[entry.ids.conversation_id]
        unheard = seat.held_until_s is not None and self.clock.now_s() - seat.said_s < HASTY_S
        if len(read) > 1 or (
            unheard and any(meaning == "no" for meaning, _ in read)
        ):  # a "no" so soon was meant for what came before
            return ""
        return texts[0] if texts else ""

    def _safely(self, message: Message, do: Callable[[Message], None]) -> bool:
        """Call ``do`` and return True. Where it fails, that is logged and said: nobody must wait for an answer in an
        emergency.
        """
        try:
            with self._lock:
                do(message)
        except Exception:
            self.log.exception("voice_backcare could not answer")
            self._say_trouble(message)
        return True

    def _say_trouble(self, message: Message) -> None:
        self.speak_dialog("trouble", {"number": self._pronounced(self._number)}, expect_response=True)

    def _say(self, message: Message, entry: SessionEntry, reply: Reply) -> None:
        """Speak ``reply`` to where ``message`` came from; its context is kept for what is timed."""
        now_s = self.clock.now_s()
        seat = self._seats[entry.ids.conversation_id]
        urgent = reply.disposition == _CALL_911
        if urgent and not seat.urgent:
            self._hush(message)  # 911 comes before whatever is being said (D5)
        seat.message, seat.listening, seat.urgent, seat.said_s = message, reply.listening, urgent, now_s
        if reply.adjust in _VOLUME:
            self.bus.emit(message.forward(_VOLUME[reply.adjust]))
        text = self._pronounced(" ".join(reply.lines))
        seat.held_until_s = now_s + STARTING_S + WORD_S * len(text.split()) if text else None
        if reply.ended:
            self.speak(text)
            self.deactivate()
        else:
            seat.active_s = now_s  # by the core itself
            if text:
                self.speak(text, expect_response=reply.listening)
        self._set_alarm()

    def _hush(self, message: Message) -> None:
        self.bus.emit(message.forward("mycroft.audio.speech.stop"))

    def _keep_active(self, message: Message, seat: Seat) -> None:
        """Keep the skill active in the session, so that utterances come here during a phase of twenty minutes too."""
        seat.active_s = self.clock.now_s()
        self.activate()  # finds ``message`` by itself, as ``speak`` does

    def _set_alarm(self) -> None:
        if self._alarm:
            self._alarm.at(self.next_due_s())

    def _entry_due_s(self, entry: SessionEntry) -> float | None:
        seat = self._seats.get(entry.ids.conversation_id)
        if seat is None:
            return None
        due_s = entry.talk.next_due_s() if seat.held_until_s is None else seat.held_until_s
        return min(due_s if due_s is not None else seat.active_s + ACTIVE_S, seat.active_s + ACTIVE_S)

    def _turn_s(self, entry: SessionEntry) -> float:
        """The present time, for somebody who speaks in the session."""
        entry.used_s = self.clock.now_s()
        return entry.used_s

    def _entry_of(self, message: Message) -> SessionEntry | None:
        return self._entry(SessionManager.get(message).session_id)

    def _entry(self, key: str) -> SessionEntry | None:
        """Entry of a session while its conversation is under way, otherwise None."""
        entry = self._sessions.find(Ids(key)) if key in self._seats else None
        return entry if entry and entry.talk.under_way else None

    def _pronounced(self, text: str) -> str:
        return spoken_form(text, self._spelled)

    def _own_settings(self) -> schema.Settings:
        """The person's settings; where their file is not valid, the log says so and the defaults are used."""
        try:
            return schema.read()[0]
        except schema.SettingsError as error:
            self.log.error(str(error))
            return schema.Settings()


def _texts(message: Message) -> list[str]:
    """What the recogniser wrote, the likeliest text first."""
    texts = message.data.get("utterances") or [message.data.get("utterance", "")]
    return [text for text in texts[:ALTERNATIVES_MOST] if isinstance(text, str)]
