"""Take the screenshots of the README: the demo article as the shipped weights label it, light, dark and on a phone.

Run ``python docs/screenshots.py`` where the extra ``dev`` and Debian's chromium, chromium-driver and fonts-noto-core
are installed.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from selenium import webdriver

import onrecord

ROOT = Path(__file__).resolve().parents[1]
SHOTS = {  # width, height, colour scheme
    "light": (1280, 860, "light"),
    "dark": (1280, 860, "dark"),
    "phone": (390, 844, "light"),
}
_COLORS = 160  # half the size, and no eye sees it
ARGUMENTS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)


def main() -> None:
    """Label the demo article and photograph its page."""
    article = onrecord.Labeller.from_pretrained().label_article(onrecord.Article.from_file(ROOT / "data" / "demo.md"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(article.to_html(), encoding="utf-8")
        for name, shot in SHOTS.items():
            photograph(page, ROOT / "docs" / "screenshots" / f"{name}.png", *shot)


def photograph(page: Path, picture: Path, width: int, height: int, scheme: str) -> None:
    """Write a picture of what ``page`` shows first in a window of ``width`` by ``height``."""
    driver = shutil.which("chromedriver")
    if driver is None:
        sys.exit("chromedriver is missing; run: apt-get install chromium chromium-driver fonts-noto-core")
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        for argument in (*ARGUMENTS.split(), f"--user-data-dir={profile}"):
            options.add_argument(argument)
        browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
        try:
            size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            feature = {"name": "prefers-color-scheme", "value": scheme}
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
            browser.get(page.as_uri())
            shot = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
            shot.quantize(_COLORS).save(picture, optimize=True)
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
