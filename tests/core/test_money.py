"""Money is read as people write it, written so that it is read back, and never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.money import (
    Money,
    MoneyError,
    MoneyRange,
    format_money,
    format_range,
    parse_money,
    parse_range,
    round_money,
)

LANGUAGES = st.sampled_from(["zh", "en"])
CURRENCIES = st.sampled_from(["CNY", "USD", "EUR", "HKD", "TWD", "JPY", "CHF"])
AMOUNTS = st.decimals(-(10**13), 10**13, places=6) | st.integers(-(10**9), 10**9).map(
    lambda n: Decimal(n) * 1000
)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("10万", 100_000, "CNY"),
        ("1.5亿", 150_000_000, "CNY"),
        ("¥100,000", 100_000, "CNY"),
        ("￥100,000", 100_000, "CNY"),
        ("$22,700.00", 22_700, "USD"),
        ("１０万", 100_000, "CNY"),
        ("＄５，０００", 5_000, "USD"),
        ("12.500,00 €", 12_500, "EUR"),
        ("1.234.567", 1_234_567, "CNY"),
        ("950,50", Decimal("950.50"), "CNY"),
        ("1 234 567,80", Decimal("1234567.80"), "CNY"),
        ("12'500.00 CHF", 12_500, "CHF"),
        ("1.500", Decimal("1.5"), "CNY"),
        ("A$ 5,000", 5_000, "AUD"),
        ("10万元", 100_000, "CNY"),
        ("¥5万元", 50_000, "CNY"),
        ("10w", 100_000, "CNY"),
        ("5千块", 5_000, "CNY"),
        ("3百万", 3_000_000, "CNY"),
        ("2万亿", 2 * 10**12, "CNY"),
        ("1.2M", 1_200_000, "CNY"),
        ("$5k", 5_000, "USD"),
        ("5美元", 5, "USD"),
        ("100万日元", 1_000_000, "JPY"),
        ("5港元", 5, "HKD"),
        ("3欧元", 3, "EUR"),
        ("USD 5", 5, "USD"),
        ("5 usd", 5, "USD"),
        ("5万USD", 50_000, "USD"),
        ("RMB 5", 5, "CNY"),
        ("5 rmb", 5, "CNY"),
        ("人民币10万", 100_000, "CNY"),
        ("US$5", 5, "USD"),
        ("HK$5", 5, "HKD"),
        ("-¥5", -5, "CNY"),
        ("¥-5", -5, "CNY"),
        ("-CHF 5", -5, "CHF"),
        ("0", 0, "CNY"),
        (".5万", 5_000, "CNY"),
        (" 5 万 ", 50_000, "CNY"),
    ],
)
def test_money_is_read_as_it_is_written_in_sales(text: str, amount: int, currency: str) -> None:
    assert parse_money(text) == Money(Decimal(amount), currency)


BAD = [
    "", " ", "abc", "10万万", "1e9", "NaN", "inf", "٣", "٣万", "−5", "12-", "-", "$", "$$5", "万", "五万",
    "约10万", "10万左右", "1,00,000", "1000,000", "1,234,56", "1.234,567", "10,20万", "12 34", "1 234 56",
    "1.", "1.2.3", "10 0", "5²", "½", "¥5美元", "5元USD",
    "$5 EUR", "ABC 5", "5WAN", "0x10", "1_000", "10**400", "1" * 19, "9" * 400, "0." + "1" * 40,
    "=1+1", "5\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_money_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)
    with pytest.raises(MoneyError):
        parse_range(text)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e18", "-1e18"])
def test_an_amount_is_finite_and_bounded(amount: str) -> None:
    with pytest.raises(MoneyError):
        Money(Decimal(amount))


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("10万-20万", 100_000, 200_000, "CNY"),
        ("10-20万", 100_000, 200_000, "CNY"),
        ("10~20万元", 100_000, 200_000, "CNY"),
        ("１０万～２０万", 100_000, 200_000, "CNY"),
        ("10万至20万", 100_000, 200_000, "CNY"),
        ("5 to 10k", 5_000, 10_000, "CNY"),
        ("$10k-$20k", 10_000, 20_000, "USD"),
        ("10k-20k USD", 10_000, 20_000, "USD"),
        ("USD 10 - 20", 10, 20, "USD"),
        ("10-20", 10, 20, "CNY"),
        ("500-1万", 500, 10_000, "CNY"),
        ("5元-20万", 5, 200_000, "CNY"),
        ("≥50万", 500_000, None, "CNY"),
        ("50万以上", 500_000, None, "CNY"),
        ("50万+", 500_000, None, "CNY"),
        ("20万以下", None, 200_000, "CNY"),
        ("不超过$20k", None, 20_000, "USD"),
        ("up to 20万", None, 200_000, "CNY"),
        ("15万", 150_000, 150_000, "CNY"),
        ("-5万-10万", -50_000, 100_000, "CNY"),
        ("-5--3", -5, -3, "CNY"),
    ],
)
def test_a_range_is_read_as_it_is_written(text, low, high, currency) -> None:
    ends = (None if end is None else Decimal(end) for end in (low, high))
    assert parse_range(text) == MoneyRange(*ends, currency)


@pytest.mark.parametrize(
    "text", ["10万-", "20万-10万", "10-20-30", "$10-¥20", "≥", "2024-05-01", "-"]
)
def test_what_is_not_a_range_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_range(text)


def test_a_range_has_an_end_and_runs_forwards() -> None:
    with pytest.raises(MoneyError, match="at least one end"):
        MoneyRange(None, None)
    with pytest.raises(MoneyError, match="backwards"):
        MoneyRange(Decimal(2), Decimal(1))


@given(AMOUNTS, CURRENCIES, LANGUAGES, CURRENCIES)
def test_shown_money_is_read_back_wherever_it_is_shown(amount, currency, language, home) -> None:
    money = Money(amount, currency)
    assert parse_money(format_money(money, language, home), home) == money


@given(AMOUNTS, AMOUNTS, st.booleans(), st.booleans(), CURRENCIES, LANGUAGES, CURRENCIES)
def test_a_shown_range_is_read_back(one, other, low, high, currency, language, home) -> None:
    ends = (min(one, other) if low or not high else None, max(one, other) if high else None)
    value = MoneyRange(*ends, currency)
    assert parse_range(format_range(value, language, home), home) == value


@given(st.text(max_size=100) | st.text("0123456789.,-万亿¥$元kUSD~ ≥", max_size=20))
def test_any_text_is_money_or_refused(text: str) -> None:
    for parse in (parse_money, parse_range):
        try:
            parse(text)
        except MoneyError:
            continue


@given(AMOUNTS)
def test_equal_amounts_have_one_spelling(amount: Decimal) -> None:
    spelled = [Money(amount), Money(Decimal(f"{amount:f}00" if "." in f"{amount:f}" else amount))]
    assert str(spelled[0].amount) == str(spelled[1].amount)
    assert str(Money(Decimal("-0.00")).amount) == "0"


@pytest.mark.parametrize(
    ("amount", "language", "shown"),
    [
        ("12345", "zh", "1.2万"),
        ("123456789", "zh", "1.2亿"),
        ("99996000", "zh", "1亿"),
        ("95000000", "zh", "9,500万"),
        ("-120000", "zh", "-12万"),
        ("999.6", "zh", "¥1,000"),
        ("12345678", "en", "¥12.3M"),
        ("999950", "en", "¥1M"),
        ("-5300", "en", "-¥5.3k"),
        ("0", "en", "¥0"),
        ("0.5", "en", "¥0.5"),
    ],
)
def test_rounded_money_fits_a_narrow_column(amount: str, language: str, shown: str) -> None:
    assert round_money(Money(Decimal(amount)), language) == shown


def test_the_middle_of_an_open_range_is_its_known_end() -> None:
    assert parse_range("≥50万").middle == parse_money("50万")
    assert parse_range("20万以下").middle == parse_money("20万")
    assert parse_range("1-2").middle == Money(Decimal("1.5"))
