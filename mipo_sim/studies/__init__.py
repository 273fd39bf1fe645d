"""Studies: a question, a design that can answer it, and what came out, kept in `experiments/`.

A study is a file in `configs/study/` with a block `study:` beside its design. `Study` reads it, `METHODS`
are the analyses that it may ask for, `Findings` are the tables that come out, `study_page` and
`findings_page` write them down.
"""

from mipo_sim.studies.declaration import Answer, Study
from mipo_sim.studies.findings import Findings
from mipo_sim.studies.methods import METHODS

__all__ = ["METHODS", "Answer", "Findings", "Study"]
