"""Push buttons and a status light on a Raspberry Pi's pins."""
