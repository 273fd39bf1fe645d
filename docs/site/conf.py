"""Settings of the docs site: `make docs` builds it from the pages of the checkout into build/docs.

The source of the site is the whole checkout, so that links between pages are the same on the site as where
the code is hosted. What belongs to the site alone (the tree of pages, the reference) stands beside this file.
"""

import re
import sys
from itertools import groupby
from os.path import relpath
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

CHECKOUT = Path(__file__).parents[2]
sys.path.insert(0, str(CHECKOUT))

from mipo_sim import __version__  # noqa: E402

project = "mipo_sim"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
root_doc = "docs/site/index"
include_patterns = [
    "*.md",
    "docs/**.md",
    "experiments/*/README.md",
    "mipo_sim/country/maps/README.md",
]
exclude_patterns = [".*", "build", "dist", "web", "tests", "benchmarks", "constraints", "configs", "results"]

# Pages are Markdown as a code-hosting site reads it; headings can be linked down to the fourth level.
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]  # for places that are named by hand, see below

# The reference: what docstrings say, in the order of the code.
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say shapes and units, which types do not
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False

default_role = "code"  # docstrings put names between single backticks

# Names of the project have to be found; what else a docstring calls a type is plain words.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!mipo_sim).*")]

html_theme = "furo"
html_title = f"mipo_sim {version}"
html_additional_pages = {"index": "home.html"}  # build/docs/index.html leads to the first page
templates_path = ["templates"]
html_show_sphinx = html_show_copyright = False
html_copy_source = False
html_show_search_summary = False  # browsers do not let a page from disk fetch the pages it found

# ---------------------------------------------------------------- what pages say otherwise than Sphinx

COLON = "\N{MODIFIER LETTER COLON}"  # stands for a colon where napoleon is not to see one
FOLDERS = {CHECKOUT / "experiments": CHECKOUT / "docs/site/studies.md"}


def adapt_page(app: Sphinx, docname: str, source: list[str]) -> None:
    """Read links to folders and places named by hand as a code-hosting site does."""
    here = (CHECKOUT / docname).parent

    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        folder = (here / target).resolve()
        if not folder.is_dir():
            return found[0]
        page = FOLDERS.get(folder, folder / "README.md")
        return f"[{words}]({relpath(page, here)})" if page.exists() else words

    text = re.sub(r"\[([^\]\[]+)\]\(([\w./-]+)\)", link, source[0])
    source[0] = re.sub(r'<a id="([\w-]+)"></a>', r"[]{#\1}", text)


def adapt_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Docstrings write tables as pages do; turn them into those of the reference."""
    adapted: list[str] = []
    for is_table, group in groupby(lines, key=lambda line: line.startswith("|")):
        if not is_table:
            adapted += group
            continue
        adapted += [".. list-table::", "   :header-rows: 1", ""]
        for row in (line for line in group if not line.startswith("|-")):
            first, *others = (cell.strip() for cell in row.strip("|").split("|"))
            adapted += [f"   * - {first}", *(f"     - {cell}" for cell in others)]
        adapted.append("")
    lines[:] = adapted


def hide_colon(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Napoleon takes what stands before a colon in the first line of a property for its type."""
    if what == "property" and lines:
        lines[0] = lines[0].replace(":", COLON)


def show_colon(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Put back what was hidden from napoleon."""
    lines[:] = [line.replace(COLON, ":") for line in lines]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", adapt_page)
    app.connect("autodoc-process-docstring", adapt_docstring)
    app.connect("autodoc-process-docstring", hide_colon, priority=400)  # napoleon has 500
    app.connect("autodoc-process-docstring", show_colon, priority=600)
