"""What every `Notifier` must keep: subclass `NotifierContract`, give it `notifier`, run pytest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from crmcore import answers
from crmcore.hooktypes import Notification, Notifier
from crmcore.testing.asking import ask
from crmcore.wording import Text

AT = datetime(2024, 5, 1, 2, tzinfo=UTC)
_TITLES = (
    Text("李娜，给您分配了一个客户", "Li Na, a customer is yours"),
    Text("成交：某某科技 <b>15万</b>", "Won: Acme & Sons, ¥150,000"),
    Text("\x1b[2J[red]第一行\r\n第二行[/]", "\x1b[31mline one\r\nBcc: all@example.com"),
    Text("很长" * 400, "long " * 400),
)
NOTES = tuple(
    Notification(
        f"assigned:{number}", AT + timedelta(minutes=number), "李娜", title,
        Text("正文 👩‍🔬", "the body"), None if number == 1 else f"20240501{number:03}",
    )
    for number, title in enumerate(_TITLES)
)  # fmt: skip
"""What is sent: Chinese, emoji, markup, line breaks, terminal escapes, long ones."""


class NotifierContract:
    """Tests of one channel. `seconds` is how long sending one message may take.

    The far end is yours to stand in for. Where it can be looked at, give `delivered`; where it can be
    unreachable, give `unreachable`. Without them the tests that need them are skipped.
    """

    seconds = 5.0

    @pytest.fixture
    def notifier(self) -> Notifier:
        """The channel under test; an author's subclass gives it."""
        raise NotImplementedError("give your NotifierContract subclass a fixture notifier")

    @pytest.fixture
    def delivered(self) -> Sequence[str] | None:
        """What reached the far end, a text a message; read after the sending."""
        return None

    @pytest.fixture
    def unreachable(self) -> Notifier | None:
        """The channel while its far end is down."""
        return None

    def _send(self, notifier: Notifier, notes: Sequence[Notification]) -> None:
        ask(notifier.send, notes, self.seconds, lambda note: note.key)

    def test_it_sends_in_time_whatever_is_in_a_message(self, notifier: Notifier) -> None:
        """Each message goes out, without an error, within `seconds`."""
        self._send(notifier, NOTES)

    def test_each_message_arrives_once(
        self, notifier: Notifier, delivered: Sequence[str] | None
    ) -> None:
        """A message is sent when `send` returns, and once."""
        if delivered is None:
            pytest.skip("this contract is not given `delivered`")
        for number, note in enumerate(NOTES, 1):
            self._send(notifier, [note])
            assert len(delivered) == number, f"after {number} messages {len(delivered)} arrived"

    def test_nothing_in_a_message_acts(
        self, notifier: Notifier, delivered: Sequence[str] | None
    ) -> None:
        """No terminal escape and no carriage return reaches the far end."""
        if delivered is None:
            pytest.skip("this contract is not given `delivered`")
        self._send(notifier, NOTES)
        for text in delivered:
            assert not {"\x1b", "\r", "\0"} & set(text), f"it passes on {text[:60]!r}"

    def test_what_is_read_back_is_what_was_sent(self, notifier: Notifier) -> None:
        """The newest first, no more than asked for."""
        if notifier.recent is None:
            pytest.skip("this channel cannot be read back")
        self._send(notifier, NOTES)
        read = answers.all_of(Notification, notifier.recent(3))
        assert [note.key for note in read] == [note.key for note in NOTES[:0:-1]]
        assert all(note.at == sent.at for note, sent in zip(read, NOTES[:0:-1], strict=True))

    def test_a_far_end_that_is_down_is_told(self, unreachable: Notifier | None) -> None:
        """`send` raises; a message that is lost in silence is the worst of all."""
        if unreachable is None:
            pytest.skip("this contract is not given `unreachable`")
        try:
            unreachable.send(NOTES[0])
        except Exception as error:
            assert str(error), "the error does not say what happened"
            return
        pytest.fail("send returned, though nothing can have arrived")
