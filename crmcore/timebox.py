"""Running a plugin's function over many things, and going on without it when it does not end."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from contextvars import copy_context
from threading import Event, Thread
from typing import Generic, TypeVar

from attrs import frozen

T = TypeVar("T")
R = TypeVar("R")


@frozen
class Done(Generic[R]):
    """What the function returned."""

    value: R


@frozen
class Raised:
    """What the function raised instead."""

    error: BaseException


class OvertimeError(Exception):
    """A function was cut off: it took longer over one thing than it may."""


class _CutOff(BaseException):
    """Raised inside the function's thread, so that it ends where it is."""


def run_each(
    function: Callable[[T], R], things: Sequence[T], seconds: float
) -> list[Done[R] | Raised]:
    """What *function* gives for each of *things*, in order, whatever it raises.

    It is cut off where it takes *seconds* to twice that over one of them: that one's outcome is
    OvertimeError, and the list ends there. Python code is stopped; a call into C that does not end
    goes on in a thread of its own.

    >>> [outcome.value for outcome in run_each(abs, [-1, 2], seconds=5)]
    [1, 2]
    """
    outcomes: list[Done[R] | Raised] = []
    stop, ended = Event(), Event()

    def work() -> None:
        try:
            for thing in things:
                try:
                    outcome: Done[R] | Raised = Done(function(thing))
                except _CutOff:
                    return
                except BaseException as error:
                    outcome = Raised(error)
                if stop.is_set():
                    return
                outcomes.append(outcome)
        except _CutOff:
            return
        finally:
            ended.set()

    thread = Thread(target=copy_context().run, args=(work,), name="crmcore timebox", daemon=True)
    thread.start()
    before = -1
    while not ended.wait(seconds):
        if len(outcomes) == before:
            stop.set()
            said = outcomes[:before]
            _end(thread)
            limit = OvertimeError(f"it took more than {seconds:g} s over one customer")
            return [*said, Raised(limit)]
        before = len(outcomes)
    return outcomes


def _end(thread: Thread) -> None:
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(_CutOff)
        )
