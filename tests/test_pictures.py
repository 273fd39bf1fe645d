"""Pictures that pages show are there, whole, and light enough for a slow line."""

import re
from pathlib import Path

import pytest
from PIL import Image

CHECKOUT = Path(__file__).parents[1]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
SHOWN = sorted(
    {
        (page.parent / place).resolve()
        for page in PAGES
        for place in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
)
TAKEN = sorted((CHECKOUT / "docs" / "images" / "live").glob("*.png"))
LARGEST = 200_000  # bytes of a picture of a page


@pytest.mark.parametrize("picture", SHOWN, ids=lambda path: path.name)
def test_a_picture_that_is_shown_exists(picture):
    assert picture.is_relative_to(CHECKOUT) and picture.is_file()


@pytest.mark.parametrize("picture", TAKEN, ids=lambda path: path.name)
def test_pictures_of_pages_are_wide_and_light(picture):
    assert picture.stat().st_size < LARGEST
    with Image.open(picture) as image:
        image.load()
        assert image.width >= 1200
