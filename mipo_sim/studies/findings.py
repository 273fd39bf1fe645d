"""What a study has come to: the tables of its answers, kept in a folder and read back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from mipo_sim.analysis import AnalysisError
from mipo_sim.analysis.spread import ODDS
from mipo_sim.figures.page import sign
from mipo_sim.figures.style import as_bytes
from mipo_sim.outcomes import HEADLINE
from mipo_sim.studies.declaration import Answer, Study
from mipo_sim.studies.method import Lines, Method, Worlds
from mipo_sim.studies.methods import METHODS
from mipo_sim.sweeps.identity import config_digest
from mipo_sim.sweeps.spreadsheet import as_csv
from mipo_sim.sweeps.storage import write_text
from mipo_sim.sweeps.sweep_results import SweepResults

SPREAD = "spread"  # the table that divides the variance of the headline outcome
PICTURE = "figure.png"
MADE = "made_by.json"
DPI = 90
COLOURS = 256  # of a committed picture; rare ones count, for they tell forms apart


@dataclass(frozen=True)
class Findings:
    """The answers of a study.

    Attributes
    ----------
    study : Study
        What was asked.
    tables : mapping of str to DataFrame
        A tidy table an answer, by its name; and `spread`, the shares of variance of the headline outcome,
        if forms and situations are crossed and the outcome is defined in two replicates at least.
    made : mapping
        What made them: `mipo_sim`, `code`, `config`, `seed`, `worlds` (of each point), `points`,
        `parameters`, `months`, `failed`, and the `command`.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame]
    made: Mapping[str, Any]

    @classmethod
    def of(cls, study: Study, results: SweepResults, command: str) -> "Findings":
        """Compute the answers from the worlds of a sweep.

        Parameters
        ----------
        study : Study
            What is asked.
        results : SweepResults
            A sweep over the design of the study, complete.
        command : str
            What asked for it.

        Raises
        ------
        AnalysisError
            If the worlds are too few, or an outcome is not defined, for one of the analyses.
        """
        tables = {answer.name: _found(study, answer, results) for answer in study.answers}
        spread = _spread(study, results)
        if spread is not None:
            tables[SPREAD] = spread
        return cls(study, tables, _made(results, command))

    @classmethod
    def read(cls, study: Study, folder: Path) -> "Findings":
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            If a table or `made_by.json` is not there.
        """
        made = json.loads((folder / MADE).read_text(encoding="utf-8"))
        names = [*(answer.name for answer in study.answers), SPREAD]
        files = {name: folder / f"{name}.csv" for name in names}
        kept = {name: file for name, file in files.items() if name != SPREAD or file.exists()}
        blank: Any = {"keep_default_na": False, "na_values": [""]}  # "none" is a form
        return cls(study, {name: pd.read_csv(file, **blank) for name, file in kept.items()}, made)

    def save(self, folder: Path, brief: bool = False) -> None:
        """Keep tables, pictures, and what made them.

        Parameters
        ----------
        folder : Path
            Where; it is made if it is not there.
        brief : bool
            Whether to keep only what `experiments/` holds: long tables thinned, and one picture.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in self.tables.items():
            kept = self.method(name).keep(table) if brief else table
            write_text(as_csv(kept, float_format="%.5g"), folder / f"{name}.csv")
        for answer in self.study.answers[: 1 if brief else None]:
            figure = self.draw(answer)
            if figure is not None:
                name = PICTURE if answer is self.study.headline else f"{answer.name}.png"
                picture = as_bytes(figure, "png", dpi=DPI)
                (folder / name).write_bytes(_in_few_colours(picture) if brief else picture)
        text = json.dumps(self.made, indent=1, ensure_ascii=False)
        (folder / MADE).write_text(f"{text}\n", encoding="utf-8")

    def method(self, name: str) -> Method:
        """The method behind a table."""
        analysis = {answer.name: answer.analysis for answer in self.study.answers}
        return METHODS[analysis.get(name, "variance_shares")]

    def sentences(self, name: str) -> list[str]:
        """What a table says in words, all of which follows from its numbers."""
        return self.method(name).say(self.tables[name])

    def lines(self, name: str) -> Lines:
        """A table in words, heads first."""
        return self.method(name).lay_out(self.tables[name])

    def draw(self, answer: Answer) -> Figure | None:
        """Draw the picture of an answer, signed; nothing if it has none."""
        drawn = METHODS[answer.analysis].draw(self.tables[answer.name])
        if drawn is None:
            return None
        figure: Any = drawn if isinstance(drawn, Figure) else drawn.get_figure()
        split = self.sentences(SPREAD) if answer is self.study.headline and SPREAD in self.tables else []
        return sign(figure, self.source, self.study.title, " ".join((ODDS, *split)))

    @property
    def source(self) -> str:
        """What made it, in one line."""
        m = self.made
        drawn = "" if m["parameters"] == "default" else f" · parameters {m['parameters']}"
        return (
            f"{m['worlds']:,} worlds of each of {m['points']:,} points · {m['months']} months · "
            f"mipo_sim {m['mipo_sim']}, code {m['code']} · config {m['config']} · seed {m['seed']}{drawn}"
        )


def _found(study: Study, answer: Answer, results: SweepResults) -> pd.DataFrame:
    """Compute one answer; what is wrong is told with its name."""
    try:
        return METHODS[answer.analysis].find(_worlds(study, answer, results))
    except AnalysisError as error:
        raise AnalysisError(f"answer {answer.name}: {error}") from None


def _worlds(study: Study, answer: Answer, results: SweepResults) -> Worlds:
    """The worlds that an answer looks at, with their form and situation."""
    rows, axes = results.outcomes, tuple(results.axes)
    sampled = METHODS[answer.analysis].sampled
    if not sampled:
        rows = rows.merge(study.cells(answer), left_on="point", right_index=True)
    months = max(study.months(answer))
    order = study.design.numbers.get("order", 1)
    asked = (answer.outcomes, answer.reference, answer.overall, answer.thresholds)
    return Worlds(rows, *asked, axes, order, months)


def _spread(study: Study, results: SweepResults) -> pd.DataFrame | None:
    """Divide the variance of the headline outcome; nothing where forms and situations are not crossed."""
    headline = study.headline
    if METHODS[headline.analysis].sampled:
        return None
    outcomes = headline.outcomes or (HEADLINE,)
    asked = Answer(SPREAD, "variance_shares", outcomes[:1], form=headline.form, situation=headline.situation,
                   forms=headline.forms, where=headline.where)  # fmt: skip
    try:
        return METHODS["variance_shares"].find(_worlds(study, asked, results))
    except AnalysisError:
        return None


def _in_few_colours(picture: bytes) -> bytes:
    """Make a picture small enough to be committed: a third of its size, and nothing an eye would miss."""
    small, whole = BytesIO(), Image.open(BytesIO(picture)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(small, "png", optimize=True)
    return small.getvalue()


def _made(results: SweepResults, command: str) -> dict[str, Any]:
    there = results.about["identity"]
    lengths = sorted(set(results.design.resolve(0, results.plan.points).months))
    return {
        "mipo_sim": there["mipo_sim"],
        "code": there["code"],
        "config": digest_of(there["design"], there["replicates"], there["parameters"]),
        "seed": there["seed"],
        "worlds": there["replicates"],
        "points": there["points"],
        "months": " to ".join(map(str, dict.fromkeys((lengths[0], lengths[-1])))),
        "parameters": there["parameters"],
        "failed": len(results.failures),
        "command": command,
    }


def digest_of(design: Mapping[str, Any], worlds: int, parameters: str = "default") -> str:
    """Digest of what decides the points of a study, and how many worlds each has."""
    drawn = {} if parameters == "default" else {"parameters": parameters}
    return config_digest(dict(design) | drawn, worlds)
