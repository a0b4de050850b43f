"""Coach of the ice and heat hour: its phases, timing, commands and lines (C1-C6). Pure, like the dialogue."""
