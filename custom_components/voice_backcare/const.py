"""Names and bounds of the integration; units stand in the names."""

from __future__ import annotations

from datetime import timedelta

DOMAIN = "voice_backcare"

# The oldest service whose answers are as this integration speaks them.
SERVICE_OLDEST = "0.1.0"
LOOK_EVERY = timedelta(minutes=1)

CONF_EMERGENCY_NUMBER = "emergency_number"
USUAL_NUMBER = "911"
DEFAULT_PORT = 10911

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 8.0
RETRY_FIRST_S = 1.0
RETRY_MOST_S = 30.0
# "Off" on a pack that is on the skin is never later than 30 s: it waits this long, and is then put into speech.
IDLE_WAIT_S = 25.0
# A microphone that was promised to stay open opens a moment after the answer was said.
SETTLED_S = 0.5
BUSY_WAIT_S = 1.0
# What wants no answer gives the room back in time for what does.
TOLD_TIMEOUT_S = 25.0
ASKED_TIMEOUT_S = 60.0
# A question is spoken at this pace at the slowest, and then listened to for so long; Home Assistant's own end of it is
# 15 s after the microphone has opened.
SPOKEN_WORDS_A_S = 1.5
LISTENS_S = 20.0
# A satellite opens its microphone this long after the answer at the latest.
REOPENS_S = 3.0
RESPONDS_S = 120.0
SILENCES_MOST = 6
WAITING_MOST = 64
REMEMBERED_MOST = 256
RENAMED_MOST = 256


def address_id(host: str, port: int) -> str:
    """The unique id of an entry that was made by hand: the guide has no other name than where it is."""
    return f"{host.lower()}:{port}"
