"""A plugin's function is cut off when it does not end; all others get their answer."""

from __future__ import annotations

from threading import enumerate as threads

from crmcore.timebox import Done, OvertimeError, Raised, run_each


def test_each_gets_its_own_answer_or_error() -> None:
    first, second, third = run_each(lambda n: 6 // n, [1, 0, 3], seconds=10)
    assert (first, third) == (Done(6), Done(2))
    assert isinstance(second, Raised) and isinstance(second.error, ZeroDivisionError)
    assert run_each(abs, [], seconds=10) == []


def test_what_does_not_end_is_cut_off_and_its_thread_ends() -> None:
    def endless(number: int) -> int:
        while number == 2:
            pass
        return number

    *before, last = run_each(endless, [0, 1, 2, 3], seconds=0.1)
    assert before == [Done(0), Done(1)]
    assert isinstance(last, Raised) and isinstance(last.error, OvertimeError)
    for thread in threads():
        if thread.name == "crmcore timebox":
            thread.join(10)
            assert not thread.is_alive()


def test_many_may_take_longer_together_than_one_may() -> None:
    from time import sleep

    outcomes = run_each(lambda n: sleep(0.05) or n, [1, 2, 3, 4, 5, 6], seconds=0.2)
    assert outcomes == [Done(n) for n in (1, 2, 3, 4, 5, 6)]
