"""What the scripts that measure the hearing share."""
