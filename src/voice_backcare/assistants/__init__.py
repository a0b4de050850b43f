"""The conversation in other people's assistants: Wyoming (Home Assistant) and OpenVoiceOS."""
