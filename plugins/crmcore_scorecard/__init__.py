"""Grading by scorecards: files of rules that give points and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmcore import hookimpl

if TYPE_CHECKING:
    from pathlib import Path

    from crmcore.config import Config
    from crmcore.hooktypes import Grader, GraderFormat, LearnedFile, LearnRequest


@hookimpl
def crm_graders(config: Config) -> list[Grader]:
    """The team's cards, `[plugin.scorecard] cards = ["mycard.toml"]`, before the shipped ones.

    A card with a mistake in it is a grader that says so when it is asked: its customers keep their
    grades, those of the other cards are graded. Raises ConfigError for settings that name no cards.
    """
    from crmcore_scorecard.shelf import graders

    return graders(config)


@hookimpl
def crm_grader_formats() -> list[GraderFormat]:
    """Scorecards as files, to try with `--with new.toml` and to learn from closed customers."""
    from crmcore.hooktypes import GraderFormat
    from crmcore.wording import Text

    return [GraderFormat("scorecard", Text("评分卡", "Scorecard"), (".toml",), _read, _learn)]


def _read(path: Path, config: Config) -> Grader:
    from crmcore_scorecard.shelf import grader_at

    return grader_at(path, config)


def _learn(request: LearnRequest) -> LearnedFile:
    from crmcore_scorecard.learning import learned_file

    return learned_file(request)
