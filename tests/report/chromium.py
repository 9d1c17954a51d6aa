"""A headless Chromium that opens a file and tells what became of it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CLICKS = Path(__file__).with_name("clicks.js")
WATCH = (
    "<script>window.mistakes = [];"
    "addEventListener('error', (e) => mistakes.push(e.message));</script>"
)
"""Put before everything else, it notes every error of a script."""


def chromium() -> str:
    """Return the program; skip the test where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    return found


def clicked(page: str, folder: Path, width: int) -> dict[str, Any]:
    """Open a page in a window of some width, click through it, return what it told.

    The page stands in a frame, as windows are never narrower than 500 pixels.
    """
    script = f"<script>{CLICKS.read_text('utf-8')}</script>"
    text = page.replace("<head>", f"<head>{WATCH}", 1)
    text = text.replace("</body>", f"{script}</body>")
    inner = html.escape(text, quote=True)
    frame = f'<iframe srcdoc="{inner}" style="width:{width}px;height:900px;border:0">'
    hand = (
        "<script>addEventListener('load', () => setTimeout(() => document.body.append("
        "document.querySelector('iframe').contentDocument.getElementById('told')), 1500))"
        "</script>"
    )
    file = folder / "framed.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{frame}</iframe>{hand}")
    flags = (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"),
        *("--disable-background-networking", "--disable-component-update"),
        *("--disable-sync", "--no-first-run", "--virtual-time-budget=10000"),
    )
    done = subprocess.run(
        [
            *(chromium(), *flags, f"--user-data-dir={folder / 'profile'}"),
            *(f"--window-size={max(width, 500)},900", "--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # The last one: the scripts themselves speak of the element, too.
    found = re.findall(r'<pre id="told">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, f"the page told nothing: {done.stderr[-2000:]}"
    told = json.loads(html.unescape(found[-1]))
    assert isinstance(told, dict)
    return told
