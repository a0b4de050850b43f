"""The kiosk: a page on the loopback interface that shows the session and takes touches for it."""
