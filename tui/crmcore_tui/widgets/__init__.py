"""The pieces the board's screens are made of."""
