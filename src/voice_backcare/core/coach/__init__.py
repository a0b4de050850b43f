"""The ice and heat hour, kept on time (C1-C6): pure, like the dialogue that it is joined with."""
