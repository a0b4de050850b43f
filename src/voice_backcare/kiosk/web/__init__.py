"""The page on the wall and its server, on the loopback interface only."""
