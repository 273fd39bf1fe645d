"""Results as one page that opens from disk, or is served on this machine.

`mipo report` and `mipo dashboard` stand on it. A run or a sweep is read as a `Source`, reduced to
cells with sufficient statistics (`cubes`), and embedded in the page that `web/` was built into.
"""

from mipo_sim.report.content import content_of
from mipo_sim.report.embedding import PageError
from mipo_sim.report.page import page_of, write_report
from mipo_sim.report.source import Source, SourceError, open_source

__all__ = ["PageError", "Source", "SourceError", "content_of", "open_source", "page_of", "write_report"]
