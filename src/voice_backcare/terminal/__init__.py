"""Ways in and out as text: JSON lines, a terminal for a person, single keys."""
