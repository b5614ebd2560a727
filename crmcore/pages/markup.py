"""HTML and SVG as text: whatever comes from outside is escaped, whichever way it gets in."""

from __future__ import annotations

from html import escape

from crmcore.text import one_line


class Safe(str):
    """Markup that `tag` made; any other text is escaped when it is put into a tag."""

    __slots__ = ()


def text(words: str) -> Safe:
    """*words* as text of a page: no markup, no control character, nothing that reorders.

    >>> text('<b>"a" & b')
    '&lt;b&gt;&quot;a&quot; &amp; b'
    """
    return Safe(escape(one_line(words)))


def joined(*inside: str) -> Safe:
    """Pieces in a row; those that are not `Safe` are escaped."""
    return Safe("".join(one if isinstance(one, Safe) else text(one) for one in inside))


def tag(name: str, *inside: str, **attributes: object) -> Safe:
    """One element; attributes are escaped, None leaves one out, `class_` and `aria_label` are meant as
    `class` and `aria-label`.

    >>> tag("p", "a<b", class_='x"y')
    '<p class="x&quot;y">a&lt;b</p>'
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Safe(f"<{name}{told}>{joined(*inside)}</{name}>")
