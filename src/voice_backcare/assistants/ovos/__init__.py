"""The skill for OpenVoiceOS."""
