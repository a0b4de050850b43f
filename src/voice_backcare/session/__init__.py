"""The session: one inbox and one loop, which give each event to the core and carry out its actions on the ports."""
