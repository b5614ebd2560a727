"""The colours of the board: four themes, each readable on every card."""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

from crmcore.wording import Text

DARK = "dark"

READABLE = 4.5
"""The contrast that WCAG 2 asks of text."""

_STEPS = 20

_THEMES = (
    Theme(
        name=DARK,
        primary="#0178D4",
        secondary="#7FB0E6",
        accent="#FFA62B",
        warning="#FFA62B",
        error="#FF7A90",
        success="#4EBF71",
        foreground="#E6E6E6",
        background="#121212",
        surface="#1E1E1E",
        panel="#242F38",
        dark=True,
    ),
    Theme(
        name="light",
        primary="#1F6FB5",
        secondary="#2F5D8A",
        accent="#9A4D00",
        warning="#8A5A00",
        error="#B3123A",
        success="#1B6E3A",
        foreground="#1A1A1A",
        background="#FFFFFF",
        surface="#F1F3F5",
        panel="#E3E8ED",
        dark=False,
    ),
    Theme(
        name="contrast",
        primary="#2F6BFF",
        secondary="#9CC2FF",
        accent="#FFD400",
        warning="#FFD400",
        error="#FF8A8A",
        success="#5CFF8F",
        foreground="#FFFFFF",
        background="#000000",
        surface="#0A0A0A",
        panel="#1A1A1A",
        dark=True,
    ),
    Theme(
        name="paper",
        primary="#8A6D3B",
        secondary="#5F5230",
        accent="#8C3B00",
        warning="#7A5200",
        error="#A01530",
        success="#3F6212",
        foreground="#2B2620",
        background="#F7F1E3",
        surface="#EFE6D2",
        panel="#E4D9C0",
        dark=False,
    ),
)

THEMES: dict[str, Theme] = {theme.name: theme for theme in _THEMES}
"""By the name that crm.toml and the settings screen call it."""

LABELS = {
    DARK: Text("深色", "dark"),
    "light": Text("浅色", "light"),
    "contrast": Text("高对比", "high contrast"),
    "paper": Text("纸色", "paper"),
}


def contrast(one: Color, other: Color) -> float:
    """How far apart two colours are, from 1 to 21, as WCAG 2 measures it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(ink: Color, behind: Color) -> Color:
    """*ink*, or the nearest colour towards black or white that can be read on *behind*."""
    if contrast(ink, behind) >= READABLE:
        return ink
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    end = max(black, white, key=lambda colour: contrast(colour, behind))
    blends = (ink.blend(end, step / _STEPS) for step in range(1, _STEPS + 1))
    return next((colour for colour in blends if contrast(colour, behind) >= READABLE), end)


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
