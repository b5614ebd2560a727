"""How far a figure of few can be trusted: the intervals in which the true one lies, with 95 %."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)

Interval = tuple[float, float]


def wilson(share: float, size: int) -> Interval:
    """The interval of a *share* (0 to 1) of *size*, good for few, too; all there is for none.

    E. B. Wilson, Journal of the American Statistical Association 22 (1927).

    >>> [round(end, 3) for end in wilson(8 / 10, 10)]
    [0.49, 0.943]
    """
    if not size:
        return 0.0, 1.0
    scale = 1 + _Z**2 / size
    middle = (share + _Z**2 / (2 * size)) / scale
    half = _Z * sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def hanley_mcneil(auc: float, won: int, lost: int) -> Interval:
    """The interval of an *auc*, the chance that of one of the *won* and one of the *lost* the former
    has the better score.

    J. A. Hanley and B. J. McNeil, Radiology 143 (1982).

    >>> [round(end, 3) for end in hanley_mcneil(0.893, 51, 58)]
    [0.829, 0.957]
    """
    two_won, two_lost = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (
        auc * (1 - auc) + (won - 1) * (two_won - auc**2) + (lost - 1) * (two_lost - auc**2)
    ) / (won * lost)
    half = _Z * sqrt(max(0.0, variance))
    return max(0.0, auc - half), min(1.0, auc + half)
