"""The conversation in other assistants: Wyoming (Home Assistant) and OpenVoiceOS."""
