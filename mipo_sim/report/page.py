"""The page itself: the bundle that `web/` was built into, with results embedded in it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mipo_sim.report.content import content_of
from mipo_sim.report.embedding import PageError, embed
from mipo_sim.report.source import open_source

BUNDLE = Path(__file__).with_name("static") / "index.html"


def page_of(content: Mapping[str, Any]) -> str:
    """Embed plain data in the page, so that it opens from disk and asks for nothing.

    Parameters
    ----------
    content : mapping
        What to show: `kind` is "report" (see `content_of`), "choice" or "refusal".

    Raises
    ------
    PageError
        If the package came without the page.
    """
    return embed(content, BUNDLE)


def write_report(folder: Path | str, file: Path | str | None = None) -> Path:
    """Make one page of some results.

    Parameters
    ----------
    folder : path
        Where the results are.
    file : path, optional
        The page; `report.html` beside the results if not given.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    SourceError
        If there are no results, or they cannot be read.
    PageError
        If the page cannot be written. What stood there before still stands there.
    """
    text = page_of(content_of(open_source(folder)))
    place = Path(file) if file is not None else Path(folder) / "report.html"
    draft = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, place)
    except OSError as error:
        raise PageError(f"{str(place)!r} cannot be written: {error.strerror or error}") from None
    finally:
        if draft.exists():
            draft.unlink()
    return place
