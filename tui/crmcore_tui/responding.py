"""A process that shows nothing but a board does not stop for garbage."""

from __future__ import annotations

import gc


def stop_for_less_garbage() -> None:
    """Never again look for garbage in all there is by now: it stays, and looking through it takes as long as
    drawing the screen a few times, in which no key is answered."""
    gc.freeze()
