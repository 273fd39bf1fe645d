"""The built page with its content, links into it, and the small page on which others type the code."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from mipo_sim.live.content import words_of
from mipo_sim.live.messages import as_text
from mipo_sim.live.plan import Plan
from mipo_sim.live.words import LANGUAGES, languages
from mipo_sim.report.embedding import embed

BUNDLE = Path(__file__).with_name("static") / "index.html"
CODE_PAGE = Template(Path(__file__).with_name("code.html").read_text(encoding="utf-8"))


def page_of(content: Mapping[str, Any]) -> str:
    """Embed `Content` of the protocol in the page. With a recording in it, the page needs no server.

    Raises
    ------
    PageError
        If the package came without the page.
    """
    return embed(content, BUNDLE)


def link_to(plan: Plan, month: int = 0) -> str:
    """Give the end of an address that opens a month of a run, as `web/src/live/link.ts` reads it."""
    text = urlsafe_b64encode(as_text(plan.as_json()).encode()).decode().rstrip("=")
    return f"#plan={text}&month={month}"


def code_page(language: str, fault: str = "") -> str:
    """Make the page on which others on the network type the code.

    Parameters
    ----------
    language : str
        Code of its language.
    fault : str
        Key of what is wrong with the code that was typed; "" before any was.
    """
    words = words_of(language)
    others = [
        f'<a href="/?lang={code}" lang="{code}" hreflang="{code}">{LANGUAGES[code][0]}</a>'
        for code in languages()
        if code != language
    ]
    texts = {key: escape(words[f"code.{key}"]) for key in ("title", "says", "label", "button")}
    return CODE_PAGE.substitute(
        language=language,
        direction=LANGUAGES[language][1],
        fault=escape(words[fault]) if fault else "",
        others=" ".join(others),
        **texts,
    )
