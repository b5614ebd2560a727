"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import define


@define
class StillClock:
    """Tells `now`, 2024-05-01 10:00 in Shanghai unless told otherwise."""

    now: datetime = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Let time pass: `forward(days=2)`."""
        self.now += timedelta(**step)
