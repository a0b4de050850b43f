"""Fakes of the ports for tests. They ship with the package and pass the same contract tests as the real parts."""
