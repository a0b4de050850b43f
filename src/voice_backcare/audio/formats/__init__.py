"""Sound as samples and as files: channels, sample rates, frames."""
