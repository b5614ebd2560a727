"""Grading by scorecards: files of rules that give points and say why."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from crmcore import hookimpl
from crmcore.errors import ConfigError
from crmcore.hooktypes import Grader

if TYPE_CHECKING:
    from crmcore.config import Config

GENERAL = "general.toml"


@hookimpl
def crm_graders(config: Config) -> list[Grader]:
    """The grader of the team's card, `[plugin.scorecard] card = "mycard.toml"`, or the general one.

    A card for some industries leaves the others to the general one. Raises ConfigError for a card
    with a mistake in it: its customers stay ungraded rather than graded by other rules.
    """
    from crmcore_scorecard.grading import grader_of
    from crmcore_scorecard.reading import read_card

    general = read_card(files(__name__).joinpath(GENERAL).read_text("utf-8"), GENERAL)
    name = config.settings("scorecard").get("card")
    if name is None:
        return [grader_of(general, config.dialect)]
    if not isinstance(name, str) or not name or "\0" in name:
        raise ConfigError(
            f'[plugin.scorecard] card must be a file name in quotes, as in "mycard.toml", not {name!r}.'
        )
    path = config.directory / name
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The scorecard {path} cannot be read: {error}.") from error
    own = read_card(text, str(path))
    cards = [own, general] if own.industries and own.name != general.name else [own]
    return [grader_of(card, config.dialect) for card in cards]
