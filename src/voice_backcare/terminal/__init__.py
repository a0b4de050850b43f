"""The ways in and out that are text: JSON lines, a friendly terminal, keys."""
