"""Working on very many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 1000
"""From how many customers on it is worth it."""

_apart = False


@contextmanager
def no_collecting(count: int = MANY) -> Iterator[None]:
    """Leave cyclic garbage alone while *count* customers are worked on, where those are many.

    Nothing made here refers to itself, and looking for what does takes half of the time. What is
    left of it afterwards counts as old, so that it is not all looked at once right then.
    """
    if count < MANY or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if not _apart and not gc.get_freeze_count():  # which counts them one by one
            gc.freeze()
            gc.unfreeze()  # which puts all that was frozen among the oldest
        gc.enable()


def keep_apart(count: int) -> None:
    """Never again look for cyclic garbage in what there is now, where *count* customers are in it.

    They stay, and refer to nothing that refers to them: looking at all of them takes a second now and
    then, in which no key is answered. What was kept apart before, and is garbage by now, goes first.
    """
    global _apart
    if count >= MANY:
        if _apart:
            gc.unfreeze()
            gc.collect()
        _apart = True
        gc.freeze()
