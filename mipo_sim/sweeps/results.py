"""Results of an experiment: tables, a picture, and a folder to keep them in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
import yaml

from mipo_sim.outcomes import OUTCOMES
from mipo_sim.sweeps.answers import Answers
from mipo_sim.sweeps.experiment import Experiment
from mipo_sim.sweeps.finding import Finding
from mipo_sim.sweeps.labelled import labelled
from mipo_sim.sweeps.provenance import manifest_of
from mipo_sim.sweeps.storage import read_parquet, replace_folder, write_parquet, write_text
from mipo_sim.sweeps.store import SweepError

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Results(Answers):
    """What came of an experiment. In a notebook it shows its table.

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

    def __repr__(self) -> str:
        return f"<Results of {', '.join(self.experiment.forms)}: {self.source}>"

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.table())}</pre>"

    def table(self) -> str:
        """Put the findings into a readable table, with how to read it."""
        from mipo_sim.analysis import readable_table

        return readable_table(self.experiment, self.outcomes, self.manifest)

    def comparison(self) -> Finding:
        """Set the forms side by side in what matters most; see `mipo_sim.analysis.compare_cells`."""
        from mipo_sim.analysis import compare_cells
        from mipo_sim.figures import comparison_figure

        forms = list(self.experiment.forms)
        cells = pd.DataFrame({"form": forms}, index=pd.RangeIndex(len(forms), name="point"))
        table = compare_cells(self.outcomes.assign(point=self.outcomes["form"].map(forms.index)), cells, ())
        title = self.experiment.situation.title

        def draw() -> "Figure":
            return comparison_figure(table, ["form"], (), title, self.caveat, self.source)

        return Finding(table, title, self.source, draw)

    @property
    def source(self) -> str:
        """What made it, in one line: worlds, months, version, digest of the configuration, seed."""
        run = self.experiment
        return (
            f"{run.situation.title} · {run.worlds:,} worlds of each form · {run.situation.months} months · "
            f"mipo_sim {self.manifest['mipo_sim']} · config {self.manifest['config']} · seed {run.seed}"
        )

    @property
    def caveat(self) -> str:
        """What is to be kept in mind, wherever its figures show."""
        from mipo_sim.analysis.spread import caveat
        from mipo_sim.analysis.wording import is_stylised

        outline = "Stylised: the outline of a case, not its history. "
        return f"{outline if is_stylised(self.experiment.situation) else ''}{caveat()}"

    @property
    def chosen(self) -> str:
        """The form in question."""
        return self.experiment.chosen

    @property
    def draws_parameters(self) -> bool:
        """Whether each replicate has parameters of its own."""
        return self.experiment.parameters != "default"

    def worlds_by_form(self) -> pd.DataFrame:
        """One row a world, with `form` and `situation`."""
        return self.outcomes.assign(situation=self.experiment.situation.name)

    def monthly_by_form(self) -> pd.DataFrame:
        """What the months were like, with `form` and `situation`."""
        return self.monthly.assign(situation=self.experiment.situation.name)

    def length_of(self, worlds: pd.DataFrame) -> int:
        """Months for which worlds were run."""
        return self.experiment.situation.months

    def title_of(self, worlds: pd.DataFrame) -> str:
        """Say what situation worlds are of."""
        return self.experiment.situation.title

    def to_xarray(self) -> "xarray.Dataset":
        """Give the outcomes as arrays by form and replicate, with their units.

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        units = {measure.name: measure.unit for measure in OUTCOMES}
        found = labelled(self.outcomes, ["form", "replicate"], units)
        return found.sel(form=list(self.experiment.forms))

    def plot(self) -> "Figure":
        """Draw the whole story in one picture."""
        from mipo_sim.figures import mission_figure

        return mission_figure(self)

    def save(
        self, folder: Path | str, picture: bool = True, beside: Mapping[str, bytes] | None = None
    ) -> Path:
        """Keep everything in a folder, all or nothing; what was in the folder before is replaced.

        Parameters
        ----------
        folder : path
            Where to; its parents are made where they are missing.
        picture : bool
            Whether to draw the picture too.
        beside : mapping of str to bytes, optional
            Further files to keep there, by name.

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
            for name, content in {**pictures, **(beside or {})}.items():
                (place / name).write_bytes(content)

        return replace_folder(Path(folder), fill)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read the results that `save` kept in a folder.

        Raises
        ------
        FileNotFoundError
            If there are no results there.
        SweepError
            If they are damaged.
        """
        folder = Path(folder)
        if not (folder / "manifest.json").is_file():
            raise FileNotFoundError(f"no results in {str(folder)!r}")
        try:
            config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
            return cls(
                Experiment.from_config(config),
                read_parquet(folder / "outcomes.parquet"),
                read_parquet(folder / "monthly.parquet"),
                json.loads((folder / "manifest.json").read_text(encoding="utf-8")),
            )
        except PermissionError:
            raise
        except (OSError, KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
            raise SweepError(
                f"the results in {str(folder)!r} are damaged ({type(error).__name__}); run them again"
            ) from error

    def _pictures(self) -> dict[str, bytes]:
        from mipo_sim.figures import as_bytes

        figure = self.plot()
        return {f"mission.{kind}": as_bytes(figure, kind) for kind in ("png", "svg")}
