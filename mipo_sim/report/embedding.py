"""Plain data embedded in a page that `web/` was built into, so that it asks for nothing from elsewhere."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PLACE = '<script type="application/json" id="content"></script>'


class PageError(Exception):
    """A page that cannot be made or written; the text is one clear line."""


def embed(content: Mapping[str, Any], page: Path) -> str:
    """Put data where a built page looks for them.

    Parameters
    ----------
    content : mapping
        What to show, as JSON has it.
    page : path
        The built page.

    Raises
    ------
    PageError
        If the package came without the page.
    """
    before, after = _parts(page)
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c")  # nothing in the data can end the script or open a tag
    return f"{before}{PLACE.removesuffix('</script>')}{safe}</script>{after}"


@cache
def _parts(page: Path) -> tuple[str, str]:
    try:
        before, found, after = page.read_text(encoding="utf-8").partition(PLACE)
    except OSError:
        before, found, after = "", "", ""
    if not found:
        raise PageError("the page is missing from this installation; build it with `make web`")
    return before, after
