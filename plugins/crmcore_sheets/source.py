"""From a file to its lines of text: which encoding it has, and what is no text at all."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from crmcore.errors import UsageError

LONGEST = 16 * 2**20
"""The longest line and the longest cell, in characters; what is longer is not a sheet."""
_CHUNK = 2**20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a workbook (XLSX, ODS) or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"),
    (b"%PDF-", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3\0", "an SQLite database"),
)
# Of everyday Chinese in GBK nearly every character is one of GB2312; of other encodings, few look so.
_GB2312_PAIR = re.compile(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Short texts look like many code pages: only the likely ones are asked; a profile can name another.
_GUESSES = ["big5", "shift_jis", "cp949", "cp1251", "cp1252"]
_MOSTLY = 0.7
_JUNK = 0.3


@frozen
class Source:
    """A text file whose encoding is known."""

    path: Path
    encoding: str

    def lines(self) -> Iterator[str]:
        """Its lines with their ends, one in memory at a time. Raises UsageError."""
        try:
            with self.path.open(encoding=self.encoding, newline="") as file:
                while line := file.readline(LONGEST + 1):
                    if len(line) > LONGEST:
                        raise UsageError(
                            f"{self.path} has a line of more than {LONGEST:,} characters: it is "
                            "not a sheet."
                        )
                    yield line
        except UnicodeError as error:
            raise UsageError(
                f"{self.path} is not {self.encoding} text throughout ({error.reason}). Save it as "
                "UTF-8."
                if isinstance(error, UnicodeDecodeError)
                else f"{self.path} is not {self.encoding} text: {error}."
            ) from error
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror or error}.") from error


def open_source(path: Path, encoding: str | None = None) -> Source:
    """The text file *path*, in *encoding* or the one it is found to have.

    Raises UsageError for what is missing, unreadable, empty, a folder or no text.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{path} is a folder. Name the file in it.")
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path} is not a regular file.")
        found = _encoding(path, encoding)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}.") from error
    except PermissionError as error:
        raise UsageError(f"{path} may not be read: permission denied.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    return Source(path, found)


def _encoding(path: Path, named: str | None) -> str:
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if not head.strip():
        raise UsageError(f"{path} is empty.")
    for magic, what in _OTHER_FILES:
        if head.startswith(magic):
            raise UsageError(f"{path} is {what}, not text. Save it as CSV and import that.")
    found = named or _found(path, head)
    start = codecs.getincrementaldecoder(found)("replace").decode(head)
    if len(_CONTROLS.findall(start)) > _JUNK * len(start):
        raise UsageError(f"{path} is not text. Save the sheet as CSV (UTF-8) and import that.")
    return found


def _found(path: Path, head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[first::2].count(0) > _JUNK * len(head) / 2 > head[1 - first :: 2].count(0):
            return encoding
    failure = _failure(path, "utf-8")
    if failure is None:
        return "utf-8"
    if "unexpected end" in failure:
        raise UsageError(f"{path} ends in the middle of a character: it was cut off.")
    sample = next(chunk for chunk in _chunks(path) if not chunk.isascii())
    chinese = _failure(path, "gb18030") is None
    if chinese and _looks_chinese(sample):
        return "gb18030"
    guess = _guess(sample)
    if guess and _failure(path, guess) is None:
        return guess
    if chinese:
        return "gb18030"
    raise UsageError(f"The encoding of {path} is not known. Save it as UTF-8.")


def _looks_chinese(sample: bytes) -> bool:
    pairs = len(_GB2312_PAIR.findall(sample))
    high = len(_HIGH.findall(sample))
    return 2 * pairs > _MOSTLY * high


def _guess(sample: bytes) -> str | None:
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return None
    best = from_bytes(sample[: 2**16], cp_isolation=_GUESSES).best()
    return best.encoding if best else None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _failure(path: Path, encoding: str) -> str | None:
    """Why the file is not text in *encoding*; None when it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return error.reason
    return None
