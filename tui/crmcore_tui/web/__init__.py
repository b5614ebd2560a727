"""The board in a browser: a small server that shows each visitor a board process of their own."""
