"""Case histories: what was decided in a case and when, what happened, and what might have been decided.

The cases are data, one file each in `configs/history/`. Dates are written as people write them (`2000-02`);
months of the run follow from the date on which the scenario begins.
"""

from dataclasses import dataclass, field

from mipo_sim.model import SEED
from mipo_sim.outcomes import SERIES
from mipo_sim.parameters.options import Configuration
from mipo_sim.sweeps.experiment import Experiment, Situation

AS_DECIDED = "as_decided"
WORLDS = 200  # of each form, unless asked otherwise
UNIFORMED, WAR = "uniformed", "war"
#: What facts can be held against beside the monthly series: label and unit.
DERIVED = {
    UNIFORMED: ("Troops and police in the field", "thousand"),
    WAR: ("Months at war", "share"),
}
MEASURES = {m.name: (m.label, m.unit) for m in SERIES} | DERIVED
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class Decision:
    """Something that was decided in a case, or the way it started.

    Attributes
    ----------
    month : int
        Month of the run, from 0.
    date, what, source : str
        When, what, and how it is known; for people.
    chosen : dict of str to str
        Options that are chosen anew, by group.
    levers : dict of str to float
        Single levers that are set, by dotted name.
    values : dict of str to float
        All levers that this sets, those of the options included.
    """

    month: int
    date: str
    what: str
    source: str
    chosen: dict[str, str]
    levers: dict[str, float]
    values: dict[str, float]


@dataclass(frozen=True)
class Fact:
    """Something that happened, and that the model can be held against.

    Attributes
    ----------
    name, what, source : str
        A short name, one plain sentence, and how it is known.
    measure : str
        A monthly series, or one of `DERIVED`.
    months : tuple of int
        First and last month over which the mean is taken.
    dates : str
        The same for people.
    low, high : float
        What was, as a range; alike where one number is known.
    per : str
        Another measure it is divided by, or "".
    against : tuple of int or None
        First and last month of another time, by whose mean it is divided.
    given : bool
        Whether the decisions themselves fix it, so that it checks how the case was written down, and
        not the model.
    why : str
        Why the model may differ; shown only where it does.
    """

    name: str
    what: str
    source: str
    measure: str
    months: tuple[int, int]
    dates: str
    low: float
    high: float
    per: str = ""
    against: tuple[int, int] | None = None
    given: bool = False
    why: str = ""


@dataclass(frozen=True)
class Counterfactual:
    """What might have been decided instead.

    Attributes
    ----------
    name, question, why : str
        A short name, the question, and what makes it interesting.
    claims : list of str
        Rows of `docs/claims.md` that it bears on.
    start : Decision
        How its start differs from that of the case.
    values : dict of str to float
        All parameters at the start that differ from their defaults.
    decisions : tuple of Decision
        Everything that is decided in it.
    """

    name: str
    question: str
    why: str
    claims: list[str]
    start: Decision
    values: dict[str, float]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class History:
    """A case with its real sequence of decisions, what happened, and two counterfactuals.

    Attributes
    ----------
    case : str
        Name of the file and of the page.
    scene : Configuration
        The scenario, with the form of mission at the start.
    begins : str
        Date of month 0, as `1999-10`.
    sources : str
        What the sources say of the case.
    start : Decision
        How the start differs from the scenario's form of mission.
    not_in_model : list of str
        What the case had and the model has not.
    """

    case: str
    scene: Configuration
    begins: str
    sources: str
    start: Decision
    decisions: tuple[Decision, ...]
    happened: tuple[Fact, ...]
    counterfactuals: tuple[Counterfactual, ...]
    not_in_model: list[str] = field(default_factory=list)

    def date_of(self, month: int) -> str:
        """Tell the date of a month of the run, as "May 2000"."""
        return date_in_words(self.begins, month)

    @property
    def span(self) -> str:
        """Dates of the first and the last month, for people."""
        return f"{self.date_of(0)} to {self.date_of(self.scene.months - 1)}"

    @property
    def outline(self) -> str:
        """The first sentence of the scenario's story; the rest tells of the scenario without its history."""
        return self.scene.story.partition(". ")[0] + "."

    def experiment(self, worlds: int = WORLDS, seed: int = SEED, parameters: str = "default") -> Experiment:
        """Set up the case as it was decided, and its counterfactuals, in the same worlds."""
        scene = self.scene
        where = Situation(scene.choices["scenario"], scene.title, scene.story, scene.map, scene.months)
        branches = {AS_DECIDED: (scene.values, self.decisions)}
        branches |= {other.name: (other.values, other.decisions) for other in self.counterfactuals}
        return Experiment(
            {name: values for name, (values, _) in branches.items()},
            where,
            worlds=worlds,
            seed=seed,
            decisions={name: {d.month: d.values for d in taken} for name, (_, taken) in branches.items()},
            parameters=parameters,
        )


def date_in_words(begins: str, month: int) -> str:
    """Tell the date of a month of a run that begins at a date like `1999-10`, as "May 2000"."""
    year, place = divmod(months_of(begins) + month, 12)
    return f"{MONTHS[place]} {year}"


def months_of(date: str) -> int:
    """Count the months up to a date like `1999-10`."""
    year, month = date.split("-")
    return 12 * int(year) + int(month) - 1
