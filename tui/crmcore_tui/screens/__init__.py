"""The screens of the board's application."""
