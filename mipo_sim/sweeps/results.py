"""Results of an experiment: tables, a picture, and a folder to keep them in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import yaml

from mipo_sim.sweeps.experiment import Experiment
from mipo_sim.sweeps.provenance import manifest_of
from mipo_sim.sweeps.storage import read_parquet, replace_folder, write_parquet, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Outcomes that are compared when nothing else is asked for.
COMPARED = (
    "relapse_2_years",
    "relapse_5_years",
    "relapse_10_years",
    "war_share",
    "overhead",
    "duplication",
    "need_met",
    "trust",
    "local_capacity",
    "cost",
)


@dataclass(frozen=True, eq=False)
class Results:
    """What came of an experiment.

    Attributes
    ----------
    experiment : Experiment
        What was run.
    outcomes : DataFrame
        One row a world: `form`, `replicate`, and one column for each measure in
        `mipo_sim.outcomes.OUTCOMES`; not a number where an outcome is not defined (the month of a
        relapse that never came, a relapse within ten years where fewer were watched).
    monthly : DataFrame
        What the months were like: `form`, `measure`, `month`, and `mean`, `low` (5 %), `high` (95 %)
        over worlds (the first 1,000 of each form, where there are more).
    manifest : dict
        What made the results: versions, seed, digest of the configuration, units.
    """

    experiment: Experiment
    outcomes: pd.DataFrame
    monthly: pd.DataFrame
    manifest: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.manifest:
            object.__setattr__(self, "manifest", manifest_of(self.experiment))

    def table(self) -> str:
        """Put the findings into a readable table, with how to read it."""
        from mipo_sim.analysis import readable_table

        return readable_table(self.experiment, self.outcomes, self.manifest)

    def differences(self, reference: str | None = None, columns: Sequence[str] = COMPARED) -> pd.DataFrame:
        """Differences of the chosen form from others, each world against the world of the same luck.

        Parameters
        ----------
        reference : str, optional
            Which form to compare with; all others if not given.
        columns : sequence of str
            Which outcomes.

        Returns
        -------
        DataFrame
            As from `mipo_sim.analysis.paired_differences`.

        Raises
        ------
        PairingError
            If there is no such form.
        """
        from mipo_sim.analysis import paired_differences

        others = [form for form in self.experiment.forms if form != self.experiment.chosen]
        references = others if reference is None else [reference]
        chosen = self.experiment.chosen
        tables = [paired_differences(self.outcomes, chosen, other, columns) for other in references]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()

    def survival(self) -> pd.DataFrame:
        """Tell how long peace lasts in each form; see `mipo_sim.analysis.survival`."""
        from mipo_sim.analysis import survival

        return survival(self.outcomes, self.experiment.situation.months)

    def plot(self) -> "Figure":
        """Draw the whole story in one picture."""
        from mipo_sim.figures import mission_figure

        return mission_figure(self)

    def save(self, folder: Path | str, picture: bool = True) -> Path:
        """Keep everything in a folder, all or nothing; what was in the folder before is replaced.

        Parameters
        ----------
        folder : path
            Where to; its parents are made where they are missing.
        picture : bool
            Whether to draw the picture too.

        Raises
        ------
        OSError
            If the folder cannot be written or the disk is full. Nothing is left behind then, and an
            older folder of that name stays as it was.
        """
        config = yaml.safe_dump(self.experiment.as_config(), sort_keys=False, allow_unicode=True, width=100)
        manifest = json.dumps(self.manifest, indent=1, ensure_ascii=False)
        pictures = self._pictures() if picture else {}

        def fill(place: Path) -> None:
            write_parquet(self.outcomes, place / "outcomes.parquet")
            write_parquet(self.monthly, place / "monthly.parquet")
            write_text(config, place / "config.yaml")
            write_text(manifest + "\n", place / "manifest.json")
            write_text(self.table() + "\n", place / "table.txt")
            for name, content in pictures.items():
                (place / name).write_bytes(content)

        return replace_folder(Path(folder), fill)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the results that `save` kept in a folder.

        Raises
        ------
        FileNotFoundError
            If there are no results there.
        """
        folder = Path(folder)
        if not (folder / "manifest.json").is_file():
            raise FileNotFoundError(f"no results in {str(folder)!r}")
        config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
        return cls(
            Experiment.from_config(config),
            read_parquet(folder / "outcomes.parquet"),
            read_parquet(folder / "monthly.parquet"),
            json.loads((folder / "manifest.json").read_text(encoding="utf-8")),
        )

    def _pictures(self) -> dict[str, bytes]:
        from mipo_sim.figures import as_bytes

        figure = self.plot()
        return {f"mission.{kind}": as_bytes(figure, kind) for kind in ("png", "svg")}
