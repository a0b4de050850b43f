"""Speech output: which line is spoken when, synthesis ahead of time, the cache of prompts."""
