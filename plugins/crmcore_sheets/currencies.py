"""The currency that a sheet keeps in a column of its own, beside the sums it is meant for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import evolve

from crmcore.fieldspec import Kind
from crmcore.money import MoneyError, is_currency, parse_money
from crmcore.text import half_width
from crmcore_sheets.cells import Cells, Understanding
from crmcore_sheets.headers import CUSTOM, Column
from crmcore_sheets.spelling import spelled
from crmcore_sheets.standings import squeezed

_ENDINGS = ("currency", "currencycode", "币种", "货币")
_COLUMNS = {
    "currency", "currencycode", "currencyofvalue", "dealcurrency", "dealcurrencyofvalue", "dealcurrencycode",
    "opportunitycurrency", "currencyisocode", "transactioncurrency", "币种", "货币", "币别", "结算币别", "结算币种",
    "交易币种", "交易货币", "货币类型", "货币单位", "币种代码", "合同币种", "商机币种", "金额币种", "报价币种",
}  # fmt: skip
_ENGLISH = {
    "usdollar": "USD", "usdollars": "USD", "euro": "EUR", "euros": "EUR", "poundsterling": "GBP",
    "britishpound": "GBP", "chineseyuan": "CNY", "yuan": "CNY", "renminbi": "CNY", "japaneseyen": "JPY",
    "yen": "JPY", "hongkongdollar": "HKD", "australiandollar": "AUD", "canadiandollar": "CAD",
    "singaporedollar": "SGD", "indianrupee": "INR", "swissfranc": "CHF",
}  # fmt: skip
_CODE = re.compile(r"\b[A-Za-z]{3}\b")


@lru_cache(maxsize=1_000)
def currency_named(text: str) -> str:
    """The ISO 4217 code of the currency *text* names, "" for none.

    >>> currency_named("美元"), currency_named("EUR - Euro"), currency_named("Pound Sterling"), currency_named("x")
    ('USD', 'EUR', 'GBP', '')
    """
    word = half_width(text).strip()
    if code := _ENGLISH.get(squeezed(word)):
        return code
    if code := next((c.upper() for c in _CODE.findall(word) if is_currency(c.upper())), ""):
        return code
    try:
        return parse_money("1" + word, "").currency
    except MoneyError:
        return ""


class Currencies:
    """Reads the sums of a row in the currency that its own column names, where their cells name none."""

    def __init__(self, columns: Sequence[Column], understanding: Understanding) -> None:
        self._understanding = understanding
        self._cells: dict[tuple[int, str], Cells] = {}
        named = {spelled(c.header): c.place for c in columns if c.key is None or c.custom}
        anyones = next((named[name] for name in named if name in _COLUMNS), None)
        self._sums: list[tuple[Column, int]] = []
        for column in columns:
            if column.key is None or column.custom or not self._is_money(column.key):
                continue
            own = (named.get(spelled(column.header) + ending) for ending in _ENDINGS)
            place = next((place for place in own if place is not None), anyones)
            if place is not None:
                self._sums.append((column, place))

    def __bool__(self) -> bool:
        return bool(self._sums)

    def _is_money(self, key: str) -> bool:
        spec = self._understanding.fields.get(key)
        return spec is not None and spec.kind in (Kind.MONEY, Kind.MONEY_RANGE)

    def restate(self, row: Sequence[str], values: dict[str, Any]) -> None:
        """Put the sums among *values*, which *row* states, into the currencies it names."""
        for column, place in self._sums:
            key = column.key
            if key not in values or max(place, column.place) >= len(row):
                continue
            code = currency_named(row[place])
            if code and code != self._understanding.dialect.currency:
                stated: Mapping[str, Any] = self._read(column, code)[row[column.place]].values
                values[key] = stated.get(key, values[key])

    def _read(self, column: Column, code: str) -> Cells:
        found = self._cells.get((column.place, code))
        if found is None:
            dialect = evolve(self._understanding.dialect, currency=code)
            there = evolve(self._understanding, dialect=dialect)
            assert column.key is not None
            found = there.column(column.key, CUSTOM + column.header, column.template)
            self._cells[column.place, code] = found
        return found
