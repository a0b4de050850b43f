"""Push buttons and a status light on the GPIO pins of a Raspberry Pi."""
