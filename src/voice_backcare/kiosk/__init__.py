"""The screen on the wall: a page on the loopback interface that shows the session and takes touches for it."""
