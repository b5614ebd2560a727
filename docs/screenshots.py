"""Makes the pictures of the README from the app itself, on the demo: `python docs/screenshots.py`.

Each is the app's own SVG export, drawn by Chromium because the SVG names fonts that a reader may lack.
"""

from __future__ import annotations

import asyncio
import html
import re
import subprocess
import tempfile
from pathlib import Path

from rich.cells import cell_len

from crmcore.crm import Crm
from crmcore.demo import build
from crmcore_tui.app import CrmApp

IMAGES = Path(__file__).parent / "images"
SIZE = (150, 42)
SHOTS: dict[str, tuple[str, ...]] = {
    "board": ("3", "j"),
    "detail": ("4", "j", "enter"),
    "grade": ("3", "j", "i"),
    "funnel": ("F",),
    "table": ("t", "l", "l", "l", "s", "s"),
    "today": ("T", "m"),
}


async def shoot(crm: Crm, name: str, keys: tuple[str, ...], out: Path) -> Path:
    """Press *keys* on a fresh board and export what is seen."""
    app = CrmApp(crm)
    async with app.run_test(size=SIZE) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
        svg = out / f"{name}.svg"
        svg.write_text(app.export_screenshot(title="crmcore"), "utf-8")
        return svg


def _cells_wide(found: re.Match[str]) -> str:
    """A text's length in the picture, by its cells: the export counts a Chinese letter as one."""
    length, between, shown = found.groups()
    plain = html.unescape(shown)
    wide = float(length) * cell_len(plain) / max(len(plain), 1)
    return f'textLength="{wide:.1f}"{between}>{shown}<'


def draw(svg: Path, png: Path) -> None:
    """*svg* as a picture, in a fixed-width font that knows Chinese."""
    text = svg.read_text("utf-8")
    text = re.sub(
        r"font-family:[^;]+;", "font-family: 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC';", text
    )
    text = re.sub(r'textLength="([\d.]+)"([^>]*)>([^<]*)<', _cells_wide, text)
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    assert found
    width, height = (round(float(part)) for part in found.groups())
    svg.write_text(text, "utf-8")
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--force-device-scale-factor=1", f"--window-size={width},{height}", f"--screenshot={png}",
        f"--user-data-dir={svg.parent}/chromium", svg.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def main() -> None:
    """Draw them all."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        for language in ("en", "zh"):
            build(out / language, language)
            suffix = "" if language == "en" else ".zh"
            with Crm.open(directory=out / language) as crm:
                for shot, keys in SHOTS.items():
                    draw(asyncio.run(shoot(crm, shot, keys, out)), IMAGES / f"{shot}{suffix}.png")


if __name__ == "__main__":
    main()
