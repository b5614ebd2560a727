"""A mapping profile: what a team knows of a sheet that the sheet does not say, as TOML.

    encoding = "gb18030"            # optional, as are all of these
    delimiter = ";"
    sheet = "客户"                  # of a workbook: its name, or its number from 1
    epoch = 1904                    # when numbers that stand for dates are counted since 1904
    currency = "USD"                # of amounts that name none

    [columns]                       # header = field, "sheet.x" to keep it so, "" to leave it out
    account = "company"
    notes = ""

    [format]                        # put around bare numbers before they are understood
    annual_revenue = "${}M"

    [dates]                         # the order of dates such as 03/04/2024: ymd, mdy or dmy, by header
    engage_date = "dmy"             # "*" is every other column

    [values.price]                  # what a word of a field means, "" for unknown
    "0" = ""

    [values.stage]                  # or several fields at once, and fields from other columns
    Won = { stage = "after_sales", status = "won", copy = { contract_signed_at = "close_date" } }

    [defaults]                      # where a row says nothing
    source = "Maven"

    [join.accounts]                 # a related sheet, beside the imported file
    file = "accounts.csv"
    on = { account = "account" }    # column here = column there
    aliases = { "GTXPro" = "GTX Pro" }   # key here = key there
    columns = { sector = "industry", office_location = "sheet.office" }

Fields are named by key, label or alias. Columns the profile does not name are understood as without it.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from attrs import evolve, field, frozen

from crmcore.errors import ConfigError, UsageError
from crmcore.hooktypes import ReadRequest
from crmcore.text import clean, nearest
from crmcore.values import parse_value
from crmcore_sheets.cells import Understanding
from crmcore_sheets.dates import EPOCHS, ORDERS
from crmcore_sheets.headers import profile_key
from crmcore_sheets.manytexts import BLANK, Cell
from crmcore_sheets.spelling import spelled

_KEYS = (
    "encoding", "delimiter", "sheet", "epoch", "currency", "columns", "format", "dates", "values", "defaults",
    "join",
)  # fmt: skip
ANY = "*"
"""The header that stands for every other one in `[dates]`."""
_JOIN_KEYS = ("file", "sheet", "on", "aliases", "columns")
_COPY = "copy"
_T = TypeVar("_T")


@frozen
class Join:
    """A related sheet: `here` is the column of ours whose cells name a row by the column `there`."""

    name: str
    file: str
    here: str
    there: str
    columns: Mapping[str, str]
    aliases: Mapping[str, str] = field(factory=dict)
    sheet: str | None = None


@frozen
class Profile:
    """What a profile says, checked. `columns` is by `spelled` header, the rest by field key."""

    path: Path | None
    understanding: Understanding
    encoding: str | None = None
    delimiter: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)
    defaults: Mapping[str, Any] = field(factory=dict)
    joins: tuple[Join, ...] = ()
    sheet: str | None = None
    epoch: int | None = None
    dates: Mapping[str, str] = field(factory=dict)
    raw: Mapping[str, Any] = field(factory=dict)

    def order_of(self, header: str) -> str | None:
        """The order of dates that the profile states for the column *header*."""
        return self.dates.get(spelled(header)) or self.dates.get(ANY)

    def fail(self, where: str, message: str) -> NoReturn:
        """Raise the ConfigError that this profile's key *where* is wrong."""
        raise ConfigError(f"{self.path}: {where}: {message}")


def load_profile(request: ReadRequest) -> Profile:
    """The profile *request* names, or one that says nothing. Raises ConfigError."""
    plain = Understanding(request.fields, request.dialect, request.now, request.pipeline)
    path = request.profile
    if path is None:
        return Profile(None, plain)
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The profile {path} cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The profile {path} is not TOML: {error}.") from error
    return _Reader(path, raw, plain).profile()


class _Reader:
    """Reads one profile; every mistake is a ConfigError with the file and the key."""

    def __init__(self, path: Path, raw: Mapping[str, Any], plain: Understanding) -> None:
        self._path = path
        self._raw = raw
        self._plain = plain

    def profile(self) -> Profile:
        for key in self._raw:
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                hint = f" Did you mean {near[0]}?" if near else f" Known: {', '.join(_KEYS)}."
                self._fail(key, f"there is no such setting.{hint}")
        self._set_currency()
        columns = self._texts(self._raw, "columns")
        return Profile(
            self._path,
            evolve(self._plain, meanings=self._meanings(), templates=self._templates()),
            self._encoding(),
            self._delimiter(),
            {spelled(h): key and self._key(f"columns.{h}", key) for h, key in columns.items()},
            {spelled(h): h for h in columns},
            self._defaults(),
            tuple(self._join(name, table) for name, table in self._tables("join").items()),
            self._text(self._raw, "sheet") if "sheet" in self._raw else None,
            self._epoch(),
            self._dates(),
            self._raw,
        )

    def _fail(self, where: str, message: str) -> NoReturn:
        raise ConfigError(f"{self._path}: {where}: {message}")

    def _checked(self, where: str, make: Callable[[], _T]) -> _T:
        try:
            return make()
        except UsageError as error:
            self._fail(where, str(error))

    def _text(self, table: Mapping[str, Any], key: str, where: str = "") -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value:
            found = "it is missing" if value is None else f"not {value!r}"
            self._fail(where + key, f"it must be text in quotes, {found}.")
        return value

    def _table(self, table: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            self._fail(where + key, f"it must be a table, not {value!r}.")
        return value

    def _texts(self, table: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, str]:
        found = self._table(table, key, where)
        for name, value in found.items():
            if not isinstance(value, str):
                self._fail(f"{where}{key}.{name}", f"it must be text in quotes, not {value!r}.")
        return found

    def _tables(self, key: str) -> Mapping[str, Mapping[str, Any]]:
        found = self._table(self._raw, key)
        return {name: self._table(found, name, f"{key}.") for name in found}

    def _key(self, where: str, name: str) -> str:
        return self._checked(where, lambda: profile_key(name, self._plain.fields))

    def _set_currency(self) -> None:
        if "currency" in self._raw:
            currency = self._text(self._raw, "currency")
            if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
                self._fail("currency", f"it must be a code such as USD, not {currency!r}.")
            dialect = evolve(self._plain.dialect, currency=currency)
            self._plain = evolve(self._plain, dialect=dialect)

    def _encoding(self) -> str | None:
        if "encoding" not in self._raw:
            return None
        name = self._text(self._raw, "encoding")
        try:
            if not codecs.lookup(name)._is_text_encoding:
                raise LookupError(name)
        except (LookupError, ValueError):
            self._fail(
                "encoding", f"there is no text encoding {name!r}; utf-8 and gb18030 are two."
            )
        return name

    def _delimiter(self) -> str | None:
        if "delimiter" not in self._raw:
            return None
        mark = self._text(self._raw, "delimiter")
        if len(mark) != 1 or mark in '"\r\n':
            self._fail("delimiter", f'it must be one character such as ";", not {mark!r}.')
        return mark

    def _epoch(self) -> int | None:
        epoch = self._raw.get("epoch")
        if epoch is not None and epoch not in EPOCHS:
            self._fail("epoch", f"it must be 1900 or 1904, not {epoch!r}.")
        return epoch

    def _dates(self) -> Mapping[str, str]:
        found = self._texts(self._raw, "dates")
        for header, order in found.items():
            if order not in ORDERS:
                self._fail(
                    f"dates.{header}", f"it must be one of {', '.join(ORDERS)}, not {order!r}."
                )
        return {
            header if header == ANY else spelled(header): order for header, order in found.items()
        }

    def _templates(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name, template in self._texts(self._raw, "format").items():
            where = f"format.{name}"
            if template.count("{}") != 1:
                self._fail(where, f'it must hold one {{}}, as in "{{}}万", not {template!r}.')
            found[self._key(where, name)] = template
        return found

    def _meanings(self) -> Mapping[str, Mapping[str, Cell]]:
        found: dict[str, Mapping[str, Cell]] = {}
        for name, words in self._tables("values").items():
            key = self._key(f"values.{name}", name)
            found[key] = {
                clean(word).casefold(): self._meaning(f"values.{name}.{word}", key, meant)
                for word, meant in words.items()
            }
        return found

    def _meaning(self, where: str, key: str, meant: Any) -> Cell:
        if isinstance(meant, str):
            return Cell(self._value(where, key, meant)) if meant else BLANK
        if not isinstance(meant, dict):
            self._fail(where, f"it must be text in quotes or a table of fields, not {meant!r}.")
        values: dict[str, Any] = {}
        for name in meant:
            if name != _COPY:
                text = self._text(meant, name, f"{where}.")
                values |= self._value(f"{where}.{name}", self._key(f"{where}.{name}", name), text)
        copies = {
            self._key(f"{where}.{_COPY}.{name}", name): header
            for name, header in self._texts(meant, _COPY, f"{where}.").items()
        }
        return Cell(values, copies=copies)

    def _value(self, where: str, key: str, text: str) -> dict[str, Any]:
        if key == "stage":
            return {key: self._checked(where, lambda: self._plain.stage(text))}
        spec = self._plain.fields.named(key)
        dialect, now = self._plain.dialect, self._plain.now
        return {key: self._checked(where, lambda: parse_value(spec, text, dialect, now))}

    def _defaults(self) -> Mapping[str, Any]:
        values: dict[str, Any] = {}
        for name, text in self._texts(self._raw, "defaults").items():
            where = f"defaults.{name}"
            values |= self._value(where, self._key(where, name), text)
        return values

    def _join(self, name: str, table: Mapping[str, Any]) -> Join:
        where = f"join.{name}."
        for key in table:
            if key not in _JOIN_KEYS:
                self._fail(
                    where + key, f"there is no such setting. Known: {', '.join(_JOIN_KEYS)}."
                )
        on = self._texts(table, "on", where)
        if len(on) != 1:
            self._fail(f"{where}on", 'it must name one column here and there: { here = "there" }.')
        ((here, there),) = on.items()
        columns = {
            header: self._key(f"{where}columns.{header}", key)
            for header, key in self._texts(table, "columns", where).items()
        }
        aliases = self._texts(table, "aliases", where)
        sheet = self._text(table, "sheet", where) if "sheet" in table else None
        return Join(name, self._text(table, "file", where), here, there, columns, aliases, sheet)
