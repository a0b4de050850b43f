"""Fakes of the ports, for tests; they ship with the package and pass the same contract suite as the real parts."""
