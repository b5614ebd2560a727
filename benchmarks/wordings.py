"""Figures as people read them."""

from __future__ import annotations

from benchmarks.figures import Unit


def amount(value: float, unit: Unit) -> str:
    """*value* with its unit: `0.173 ms`, `23,400/s`, `181 MB`."""
    match unit:
        case "seconds":
            return f"{_three_digits(value * 1000)} ms"
        case "per second":
            return f"{float(f'{value:.3g}'):,.0f}/s"
        case "bytes":
            return f"{_three_digits(value / 1e6)} MB"


def _three_digits(value: float) -> str:
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"
