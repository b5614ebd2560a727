"""Where the texts of cards come from: files, and the cards that are shipped."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from attrs import frozen

from crmcore.errors import ConfigError
from crmcore.wording import Language, Text
from crmcore_scorecard.page import said_at

GENERAL = "general.toml"
SUFFIX = ".toml"
MOST_BYTES = 1_000_000


@frozen
class Source:
    """A card's text: what errors call its file, and the folder its base is looked for in first.

    Without a folder the base is a shipped card.
    """

    name: str
    text: str
    folder: Path | None = None

    @property
    def place(self) -> object:
        """What two sources of one file have in common."""
        return (self.folder / Path(self.name).name).resolve() if self.folder else self.name


def shipped() -> tuple[Source, ...]:
    """The cards that come with the plugin, by name, the general one last."""
    found = [
        Source(item.name, item.read_text("utf-8"))
        for item in files(__package__).joinpath("cards").iterdir()
        if item.name.endswith(SUFFIX)
    ]
    return tuple(sorted(found, key=lambda source: (source.name == GENERAL, source.name)))


def shipped_named(name: str) -> Source | None:
    """The shipped card of this name, with or without `.toml`."""
    return next((s for s in shipped() if name in (s.name, s.name.removesuffix(SUFFIX))), None)


def on_disk(path: Path, language: Language = "en") -> Source:
    """The card in the file *path*. Raises ConfigError, in *language*, when it cannot be read."""

    def refused(zh: str, en: str) -> ConfigError:
        return ConfigError(
            f"评分卡 {path} {zh}。" if language == "zh" else f"The scorecard {path} {en}."
        )

    try:
        if path.exists() and not path.is_file():
            raise refused("不是文件", "is not a file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise refused("不存在", "cannot be read: there is no such file") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise refused(f"无法读取：{why}", f"cannot be read: {why}") from error
    if len(data) > MOST_BYTES:
        raise refused(f"超过 {MOST_BYTES:,} 字节", f"is larger than {MOST_BYTES:,} bytes")
    try:
        return Source(str(path), data.decode("utf-8-sig"), path.parent)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        told = Text("不是 UTF-8 文本；请存为 UTF-8", "it is not UTF-8 text; save it as UTF-8")
        raise ConfigError(said_at(str(path), line, told, language)) from error
