"""The conversation as a service of the Wyoming protocol, as Home Assistant's voice satellites use it."""
