"""One inbox, one loop: an event in, the core's step, its actions out to the ports; clock and timers."""
