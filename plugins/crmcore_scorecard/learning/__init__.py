"""Learning a scorecard from how customers ended: `learn`, `hold_out` and `write_card`.

Imported only by who learns. Needs the extra `learn`; importing it without raises ConfigError.
"""

from __future__ import annotations

from importlib.util import find_spec

from crmcore.errors import ConfigError

if any(find_spec(name) is None for name in ("numpy", "scipy", "sklearn", "threadpoolctl")):
    raise ConfigError('Learning a scorecard needs scikit-learn: pip install "crmcore[learn]".')

from crmcore_scorecard.learning.files import learned_file
from crmcore_scorecard.learning.from_history import NothingToLearnError, check_enough, learn
from crmcore_scorecard.learning.holdout import HoldOut, Share, hold_out
from crmcore_scorecard.learning.learned import LearnedCard, Row
from crmcore_scorecard.learning.writing import write_card

__all__ = [
    "HoldOut",
    "LearnedCard",
    "NothingToLearnError",
    "Row",
    "Share",
    "check_enough",
    "hold_out",
    "learn",
    "learned_file",
    "write_card",
]
