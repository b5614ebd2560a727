"""From a file to its lines of text: which encoding it has, and what is no text at all.

The encoding is decided from the head of the file, or from where it first leaves ASCII; a byte further
down that does not fit is marked in its line, so that the row it is in can be told and left out.
"""

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
UNDECODED = re.compile("[\udc80-\udcff]")
"""A byte that is not text in the file's encoding, as it stands in a line."""

_CHUNK = 2**20
_TAIL = 4
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16", "utf-32", "utf_16", "utf_32")
_OTHER_FILES = (
    (b"PK\x03\x04", "a workbook (XLSX, ODS) or ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (XLS)"),
    (b"%PDF-", "a PDF"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"Rar!", "a RAR file"),
    (b"7z\xbc\xaf", "a 7-Zip file"),
)
_MARKUP = re.compile(
    rb"\s*<(?:!doctype|html|head|body|table|\?xml|meta|style|div)\b", re.IGNORECASE
)
# Of everyday Chinese in GBK nearly every character is one of GB2312; of other encodings, few look so.
_GB2312_PAIR = re.compile(rb"[\xa1-\xa9\xb0-\xf7][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Short texts look like many code pages: only the likely ones are asked; a profile can name another.
_GUESSES = ["big5", "shift_jis", "cp949", "cp1251", "cp1252"]
_MOSTLY = 0.7
_JUNK = 0.3
_STRAY = 0.02
"""How many of the bytes beyond ASCII may be wrong in a text that is otherwise UTF-8."""


@frozen
class Source:
    """A text file whose encoding is known."""

    path: Path
    encoding: str

    def lines(self) -> Iterator[str]:
        """Its lines with their ends, one in memory at a time. Raises UsageError.

        A byte that is not text is a character that `UNDECODED` finds; in UTF-16 and UTF-32, where
        all that follows may be shifted, it raises.
        """
        wide = self.encoding.startswith(_WIDE)
        number = 0
        try:
            with self.path.open(
                encoding=self.encoding, errors="strict" if wide else "surrogateescape", newline=""
            ) as file:
                while line := file.readline(LONGEST + 1):
                    number += 1
                    if len(line) > LONGEST:
                        raise UsageError(
                            f"{self.path} has a line of more than {LONGEST:,} characters: it is "
                            "not a sheet."
                        )
                    yield line
        except UnicodeError as error:
            reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
            raise UsageError(
                f"{self.path} is not {self.encoding} text throughout ({reason}, below line {number}). "
                "Was it cut off? Save it as UTF-8."
            ) from error
        except OSError as error:
            raise UsageError(f"{self.path} cannot be read: {error.strerror or error}.") from error


def checked_file(path: Path) -> bytes:
    """The first bytes of the regular file *path*. Raises UsageError for what cannot be opened."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UsageError(f"{path} is a folder. Name the file in it.")
        if not stat.S_ISREG(mode):
            raise UsageError(f"{path} is not a regular file.")
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {path}.") from error
    except PermissionError as error:
        raise UsageError(f"{path} may not be read: permission denied.") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    if not head.strip():
        raise UsageError(f"{path} is empty.")
    return head


def open_source(path: Path, encoding: str | None = None) -> Source:
    """The text file *path*, in *encoding* or the one it is found to have.

    Raises UsageError for what is missing, unreadable, empty, a folder or no text.
    """
    head = checked_file(path)
    for magic, what in _OTHER_FILES:
        if head.startswith(magic):
            raise UsageError(f"{path} is {what}, not text. Save it as CSV and import that.")
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise UsageError(
            f"{path} is a web page or XML, whatever its name says. Open it in a spreadsheet program, "
            "save it as CSV or XLSX and import that."
        )
    try:
        found = encoding or _found(path, head)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    start = codecs.getincrementaldecoder(found)("replace").decode(head)
    if len(_CONTROLS.findall(start)) > _JUNK * len(start):
        raise UsageError(f"{path} is not text. Save the sheet as CSV (UTF-8) and import that.")
    return Source(path, found)


def _found(path: Path, head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[first::2].count(0) > _JUNK * len(head) / 2 > head[1 - first :: 2].count(0):
            return encoding
    sample, ends = _telling(path)
    wrong = _wrong(sample, "utf-8", ends)
    if not wrong:
        if _cut_off(path):
            raise UsageError(f"{path} ends in the middle of a character: it was cut off.")
        return "utf-8"
    chinese = not _wrong(sample, "gb18030", ends)
    if chinese and _looks_chinese(sample):
        return "gb18030"
    if wrong <= _STRAY * len(_HIGH.findall(sample)):
        return "utf-8"
    guess = _guess(sample)
    if guess and not _wrong(sample, guess, ends):
        return guess
    if chinese or (_looks_chinese(sample) and _few_wrong(sample, "gb18030", ends)):
        return "gb18030"
    raise UsageError(f"The encoding of {path} is not known. Save it as UTF-8.")


def _telling(path: Path) -> tuple[bytes, bool]:
    """The first chunk of the file that is not all ASCII, and whether the file ends with it."""
    with path.open("rb") as file:
        chunk = b""
        while more := file.read(_CHUNK):
            chunk = more
            if not chunk.isascii():
                break
        return chunk, not file.read(1)


def _cut_off(path: Path) -> bool:
    """Whether the UTF-8 text *path* ends within a character."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TAIL, 0))
        tail = file.read()
    for back in range(1, min(_TAIL, len(tail) + 1)):
        byte = tail[-back]
        if byte >= 0xC0:
            return back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4)
        if byte < 0x80:
            return False
    return False


def _wrong(sample: bytes, encoding: str, ends: bool) -> int:
    """How many bytes of *sample* are not text in *encoding*, but for a character cut at its ends."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    lead = next((n for n in range(min(_TAIL, len(sample))) if sample[n] & 0xC0 != 0x80), 0)
    text = decoder.decode(sample[lead:] if encoding == "utf-8" else sample)
    if ends and encoding != "utf-8":
        text += decoder.decode(b"", final=True)
    return len(UNDECODED.findall(text))


def _few_wrong(sample: bytes, encoding: str, ends: bool) -> bool:
    return _wrong(sample, encoding, ends) <= _STRAY * len(_HIGH.findall(sample))


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
