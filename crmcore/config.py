"""What `crm.toml` says, and where it is found."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Factory, evolve, field, fields, frozen

from crmcore.boardconfig import BoardConfig, board_config
from crmcore.deadlines import DeadlinesConfig, deadlines_config
from crmcore.dialect import Dialect, local_zone
from crmcore.errors import ConfigError, UsageError
from crmcore.exchangerates import ExchangeRates, rates_from
from crmcore.money import DEFAULT_CURRENCY
from crmcore.text import did_you_mean
from crmcore.translations import Translation, languages, translation
from crmcore.wording import Language

FILE_NAME = "crm.toml"
DEFAULT_STORE = "tinydb:crm.json"


Policy = Literal["best-match", "weighted", "strictest"]


@frozen
class GradingConfig:
    """The table `[grading]`.

    `policy` joins the opinions of several graders, `pipelines` names another one for a pipeline;
    None is best-match as long as no two graders fit a customer equally. `weights` are the graders'
    under "weighted" (1 unless named). `automatic` grades again on edit whom rules graded before.
    `after_the_fact` are fields filled in when the outcome is known: never used to predict it.
    `seconds` is how long a grader may take over one customer.
    """

    policy: Policy | None = None
    pipelines: Mapping[str, Policy] = field(factory=dict)
    weights: Mapping[str, float] = field(factory=dict)
    automatic: bool = True
    after_the_fact: tuple[str, ...] = ()
    seconds: float = 1.0

    def policy_of(self, pipeline: str) -> Policy | None:
        """The policy for customers of *pipeline*."""
        return self.pipelines.get(pipeline, self.policy)


@frozen
class CataloguesConfig:
    """The table `[catalogues]`: `folder` holds translations, as `de/LC_MESSAGES/crmcore.mo`."""

    folder: str = ""


@frozen
class Config:
    """A workspace's settings; each attribute is a key of crm.toml's top level.

    `team` are the owners there are; anybody may be one where it is empty. `filters` are the team's
    saved filters by name; `rates` are what figures are put into `currency` with; `pipelines` are the
    tables that `ownpipelines` reads, once the fields are known; `plugin` holds each plugin's own table,
    `[plugin.NAME]`; `directory` is where relative paths start. `notify` names the channels; where it is
    a table, `use` names them and `notify_settings` is what else stands there.
    """

    store: str = DEFAULT_STORE
    language: str = "zh"
    timezone: str = ""
    currency: str = DEFAULT_CURRENCY
    country: str = "CN"
    actor: str = ""
    pipeline: str = "standard"
    id_scheme: str = "date-sequence"
    calendar: str = "weekdays"
    assigner: str = ""
    team: tuple[str, ...] = ()
    notify: tuple[str, ...] = ("inbox",)
    disable: tuple[str, ...] = ()
    grading: GradingConfig = Factory(GradingConfig)
    board: BoardConfig = Factory(BoardConfig)
    catalogues: CataloguesConfig = Factory(CataloguesConfig)
    deadlines: DeadlinesConfig = Factory(DeadlinesConfig)
    rates: ExchangeRates = Factory(ExchangeRates)
    filters: Mapping[str, str] = field(factory=dict)
    pipelines: Mapping[str, Any] = field(factory=dict)
    plugin: Mapping[str, Mapping[str, Any]] = field(factory=dict)
    notify_settings: Mapping[str, Any] = field(factory=dict)
    directory: Path = field(default=Factory(Path.cwd))

    @property
    def dialect(self) -> Dialect:
        """How this workspace reads and writes values.

        Raises ConfigError for an unknown time zone or language.
        """
        return self.dialect_in(self.language)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are: Chinese, English, and those with a translation."""
        return languages(self._catalogues())

    def translation_to(self, language: str) -> Translation | None:
        """How *language* words the texts; None for the two they are written in.

        Raises ConfigError for one there is no translation for.
        """
        try:
            return translation(language, self._catalogues())
        except LookupError as error:
            hint = did_you_mean(language, self.languages, " Did you mean")
            raise ConfigError(
                f"{self.directory / FILE_NAME}: language must be one of "
                f"{', '.join(self.languages)}, not {language!r}.{hint} For another one put "
                f"{language}/LC_MESSAGES/crmcore.mo into the folder of [catalogues]."
            ) from error

    def _catalogues(self) -> Path | None:
        folder = self.catalogues.folder
        return self.directory / Path(folder).expanduser() if folder else None

    def dialect_in(self, language: str) -> Dialect:
        """This workspace's habits in *language*. Raises ConfigError like `dialect`."""
        spoken = self.translation_to(language)
        habits: Language = "zh" if language == "zh" else "en"
        return Dialect(habits, self._zone(), self.currency, spoken, self.country)

    def _zone(self) -> tzinfo:
        if not self.timezone:
            return local_zone()
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError(
                f"There is no time zone {self.timezone!r}. Write one such as Asia/Shanghai."
            ) from error

    @property
    def tells_others(self) -> bool:
        """Whether notifications go anywhere but into the inbox."""
        return bool(self.notify_settings) or any(name != "inbox" for name in self.notify)

    def settings(self, plugin: str) -> Mapping[str, Any]:
        """The table `[plugin.NAME]`, empty when there is none."""
        return self.plugin.get(plugin, {})


def find_workspace(start: Path) -> Path | None:
    """The nearest folder at or above *start* that holds a crm.toml, or None."""
    start = start.absolute()
    return next((f for f in (start, *start.parents) if (f / FILE_NAME).is_file()), None)


def load_config(directory: Path) -> Config:
    """What `directory/crm.toml` says. Raises ConfigError with the file and what is wrong."""
    path = directory / FILE_NAME
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no {FILE_NAME} in {directory}. `crmcore init` makes one."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    values = {key: _checked(path, key, value) for key, value in raw.items()}
    config = Config(**values | _notify(path, raw.get("notify")), directory=directory)
    config = evolve(config, rates=_rates(path, raw.get("rates", {}), config.currency))
    config.translation_to(config.language)
    return config


_TEXTS = (
    "store",
    "language",
    "timezone",
    "currency",
    "country",
    "actor",
    "pipeline",
    "id_scheme",
    "calendar",
    "assigner",
)
_LISTS = ("notify", "disable", "team")
_NO_SETTINGS = ("directory", "notify_settings")


def _checked(path: Path, key: str, value: Any) -> Any:
    known = [attribute.name for attribute in fields(Config) if attribute.name not in _NO_SETTINGS]
    if key not in known:
        hint = did_you_mean(key, known, " Did you mean") or f" Known: {', '.join(known)}."
        raise ConfigError(f"{path}: unknown setting {key!r}.{hint}")
    if key in _TEXTS and not isinstance(value, str):
        raise ConfigError(f"{path}: {key} must be text in quotes, not {value!r}.")
    if key == "country" and not re.fullmatch("[A-Z]{2}", value):
        raise ConfigError(f"{path}: country must be two letters such as CN, not {value!r}.")
    if key == "notify" and isinstance(value, dict):
        return value
    if key in _LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f'{path}: {key} must be a list of names, such as ["inbox"].')
        return tuple(value)
    if key == "grading":
        return _grading(path, value)
    if key == "board":
        return board_config(str(path), value)
    if key == "deadlines":
        return deadlines_config(str(path), value)
    if key == "catalogues":
        return _catalogues(path, value)
    if key == "filters" and not (
        isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    ):
        raise ConfigError(f"{path}: [filters] holds filters in quotes, as in mine = 'owner:me'.")
    if key == "rates" and not isinstance(value, dict):
        raise ConfigError(f'{path}: rates are a table, [rates], as in USD = "7.12".')
    if key == "pipelines" and not isinstance(value, dict):
        raise ConfigError(f"{path}: pipelines are tables, as in [pipelines.standard].")
    if key == "plugin" and not (
        isinstance(value, dict) and all(isinstance(table, dict) for table in value.values())
    ):
        raise ConfigError(f"{path}: plugin settings are tables, as in [plugin.notify].")
    return value


def _notify(path: Path, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        return {}
    use = table.get("use", ["inbox"])
    if not isinstance(use, list) or not all(isinstance(name, str) for name in use):
        raise ConfigError(f'{path}: use in [notify] is a list of names, such as ["inbox", "mail"].')
    rest = {key: value for key, value in table.items() if key != "use"}
    return {"notify": tuple(use), "notify_settings": rest}


def _rates(path: Path, table: Any, home: str) -> ExchangeRates:
    try:
        return rates_from(table, home)
    except UsageError as error:
        raise ConfigError(f"{path}: [rates]: {error}") from error


def _catalogues(path: Path, table: Any) -> CataloguesConfig:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ConfigError(f'{path}: [catalogues] names a folder, as in folder = "locale".')
    for key in table:
        if key != "folder":
            raise ConfigError(f"{path}: unknown setting {key!r} in [catalogues]; known: folder.")
    return CataloguesConfig(**table)


def _grading(path: Path, table: Any) -> GradingConfig:
    def refuse(expected: str) -> NoReturn:
        raise ConfigError(f"{path}: {expected}.")

    if not isinstance(table, dict):
        refuse("grading is a table, as in [grading]")
    known = [attribute.name for attribute in fields(GradingConfig)]
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            refuse(f"unknown setting {key!r} in [grading]; {hint}")
    policies, pipelines = get_args(Policy), table.get("pipelines", {})
    if table.get("policy", policies[0]) not in policies:
        refuse(f"policy in [grading] is one of {', '.join(policies)}, not {table['policy']!r}")
    if not isinstance(pipelines, dict) or not all(p in policies for p in pipelines.values()):
        refuse('pipelines in [grading] names policies, as in { standard = "strictest" }')
    weights = table.get("weights", {})
    if not isinstance(weights, dict) or not all(_positive(w) for w in weights.values()):
        refuse("weights in [grading] are numbers above 0, as in { manufacturing = 2 }")
    if not isinstance(table.get("automatic", True), bool):
        refuse(f"automatic in [grading] is true or false, not {table['automatic']!r}")
    after = table.get("after_the_fact", [])
    if not isinstance(after, list) or not all(isinstance(name, str) for name in after):
        refuse('after_the_fact in [grading] is a list of fields, as in ["satisfaction"]')
    if not _positive(table.get("seconds", 1)):
        refuse(f"seconds in [grading] is a number above 0, not {table['seconds']!r}")
    return GradingConfig(**table | {"after_the_fact": tuple(after)})


def _positive(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e6


def environment_list(name: str) -> tuple[str, ...] | None:
    """The names in a comma-separated environment variable; None when it is not set."""
    text = os.environ.get(name)
    if text is None:
        return None
    return tuple(part.strip() for part in text.split(",") if part.strip())


CONFIG_TEMPLATE = """\
# crmcore workspace. Paths are relative to this file.
store = "{store}"
language = "{language}"          # zh or en, or a language with a translation
{timezone}
currency = "CNY"
# country = "CN"            # where telephone numbers without a prefix belong
# actor = "李娜"            # who is working here; defaults to your login name
# team = ["李娜", "王强"]      # who may own customers; anybody, if left out
# assigner = "territory"     # who gets a customer by rules: docs/assigning.md
id_scheme = "date-sequence"  # or "ulid"
# calendar = "china"         # working days with holidays and make-up days; or "country"
notify = ["inbox"]           # or ["inbox", "log-file"]; mail and others: a table [notify]
disable = []                 # plugins not to load

# [pipelines.standard.stages.solution]  # gates of your own: docs/pipelines.md
# exit = ["need_detail", "proposal_sent"]

# [grading]
# policy = "best-match"      # or "weighted", "strictest": when several graders fit
# after_the_fact = []        # fields known only once the outcome is: never predictors

# [board]
# keymap = "plain"           # or "vi": the keys of the board
# columns = "company, stage, grade, value, owner"   # the columns of its table; `crmcore fields` names them
# theme = "dark"             # or "light", "contrast", "paper"
# [board.keys]
# forward = "ctrl+right, L"  # your own keys, by action; `?` on the board lists them

# [rates]                    # figures in one currency: what one of these is worth in yours
# USD = "7.12"

# [plugin.scorecard]
# cards = ["mycard.toml"]    # your own rules, beside this file

# [plugin.notify]
# log_file = "notifications.log"
"""
