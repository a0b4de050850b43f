"""Names and bounds of the integration; units stand in the names."""

from __future__ import annotations

DOMAIN = "voice_backcare"

CONF_EMERGENCY_NUMBER = "emergency_number"
USUAL_NUMBER = "911"
DEFAULT_PORT = 10911

CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 8.0
RETRY_FIRST_S = 1.0
RETRY_MOST_S = 30.0
ANNOUNCE_TIMEOUT_S = 60.0
BUSY_WAIT_S = 1.0
BUSY_TRIES = 20
WAITING_MOST = 64
REMEMBERED_MOST = 256
RENAMED_MOST = 256
