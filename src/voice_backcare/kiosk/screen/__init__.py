"""What the wall screen shows: the layout of each state, and its view as data for the page."""
