"""Results of studies as tables, in a folder, and read back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mipo_sim.claims.study import SPREAD, Study
from mipo_sim.claims.trial import Cell
from mipo_sim.claims.verdict import together
from mipo_sim.outcomes import OUTCOMES, SERIES
from mipo_sim.sweeps.identity import code_digest
from mipo_sim.version import __version__

FOLDER = Path(__file__).resolve().parents[2] / "experiments" / "claims"
MEASURES = {measure.name: measure for measure in (*SERIES, *OUTCOMES)}
DEFAULT = "fragile ceasefire"


@dataclass(frozen=True)
class Findings:
    """What studies found.

    Attributes
    ----------
    effects : DataFrame
        One row an effect: `claim`, `study`, `question`, `where`, `outcome`, `unit`, `expected`, `effect`,
        `low`, `high` (95 %), `matters` (the smallest effect that does), `pairs` (of worlds), `verdict`,
        `carried_by`, and `declaration`, the digest of the study.
    mechanisms : DataFrame
        One row for each mechanism switched off in a study: `claim`, `study`, `where`, `mechanism`,
        `share` of the effect that goes, `low`, `high` (95 %), `carries`.
    made : dict
        Version, digest of the model's code, seed, and worlds of each form.
    """

    effects: pd.DataFrame
    mechanisms: pd.DataFrame
    made: dict[str, Any]

    @classmethod
    def of(cls, cells: Sequence[Cell], *, worlds: int, seed: int) -> "Findings":
        """Put down what `conduct` found."""
        made = {"mipo_sim": __version__, "code": code_digest(), "seed": seed, "worlds": worlds}
        shares = [row for cell in cells for row in _shares(cell)]
        names = ["claim", "study", "where", "mechanism", "share", "low", "high", "carries"]
        return cls(pd.DataFrame(map(_effect, cells)), pd.DataFrame(shares, columns=names), made)

    @classmethod
    def read(cls, folder: Path = FOLDER) -> "Findings":
        """Read what `write` wrote."""
        effects, mechanisms = (pd.read_csv(folder / name, keep_default_na=False) for name in _TABLES)
        for column in ("effect", "low", "high"):
            effects[column] = pd.to_numeric(effects[column], errors="coerce")  # empty: not defined
        return cls(effects, mechanisms, json.loads((folder / "made.json").read_text("utf-8")))

    def write(self, folder: Path = FOLDER) -> None:
        """Write both tables, and what made them."""
        for name, table in zip(_TABLES, (self.effects, self.mechanisms), strict=True):
            table.to_csv(folder / name, index=False, float_format="%.5g", lineterminator="\n")
        (folder / "made.json").write_text(json.dumps(self.made, indent=2) + "\n", encoding="utf-8")

    def of_claim(self, claim: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Effects of a claim, study by study."""
        mine = self.effects[self.effects["claim"] == claim]
        for number in dict.fromkeys(mine["study"]):
            rows = mine[mine["study"] == number].to_dict("records")
            yield int(number), [{str(key): value for key, value in row.items()} for row in rows]

    def verdict_on(self, claim: str) -> tuple[str, str]:
        """Sum up a claim, as `together` does: verdict, and where."""
        studies = dict(self.of_claim(claim))
        if len(studies) == 1:
            return verdict_of(studies[1])
        return together({f"{claim}.{number}": verdict_of(rows)[0] for number, rows in studies.items()})


_TABLES = ("result.csv", "mechanisms.csv")


def verdict_of(rows: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Sum up a study over its contexts: verdict, and where."""
    return together({row["where"]: row["verdict"] for row in rows})


def _effect(cell: Cell) -> dict[str, Any]:
    found = cell.effect
    return {
        "claim": cell.claim,
        "study": cell.number,
        "question": cell.study.question,
        "where": where(cell.study, cell.context),
        "outcome": cell.study.outcome,
        "unit": MEASURES[cell.study.measure].unit,
        "expected": cell.expected,
        "effect": found.estimate,
        "low": found.low,
        "high": found.high,
        "matters": cell.margin,
        "pairs": found.pairs,
        "verdict": cell.verdict,
        "carried_by": ", ".join(share.mechanism for share in cell.shares if share.carries),
        "declaration": cell.study.digest,
    }


def _shares(cell: Cell) -> Iterator[tuple[Any, ...]]:
    place = where(cell.study, cell.context)
    for s in cell.shares:
        yield cell.claim, cell.number, place, s.mechanism, s.share, s.low, s.high, s.carries


def where(study: Study, context: int | None) -> str:
    """Name a context in words: the situation, and what else is set."""
    if context is not None:
        return _named(study, study.contexts[context])
    if study.over == "difference":
        return f"{_named(study, study.contexts[1])}, less {_named(study, study.contexts[0])}"
    return "mean over " + ", ".join(_named(study, settings) for settings in study.contexts)


def _named(study: Study, settings: str) -> str:
    words = settings.split() or [w for w in study.base.split() if w.startswith("scenario=")] or [DEFAULT]
    return " ".join(w.removeprefix("scenario=").replace("_", " ") if "scenario" in w else w for w in words)


def outcome_in_words(outcome: str) -> str:
    """Say an outcome in plain words."""
    label = MEASURES[outcome.removeprefix(SPREAD)].label.lower().replace("- ", "staff time ")
    return f"spread of {label}" if outcome.startswith(SPREAD) else label


def effect_in_words(row: Mapping[str, Any]) -> str:
    """Say an effect with its interval: shares in points of a hundred, months in months."""
    months = row["unit"] in ("months", "month")
    scale, unit = (1, "months") if months else (100, "points")
    if not row["pairs"]:
        return "not defined in any world"
    numbers = [f"{scale * row[key]:+.1f}".replace("-", "−") for key in ("effect", "low", "high")]
    return f"{numbers[0]} {unit} [{numbers[1]}, {numbers[2]}]"
