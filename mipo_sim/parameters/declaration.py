"""What a declared parameter is, and the one table that declares them all."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

Role = Literal["context", "lever", "behaviour"]
Grade = Literal["found", "computed", "remembered", "assumed"]
TABLES: dict[Role, str] = {"context": "context.csv", "lever": "levers.csv", "behaviour": "behaviour.csv"}


@dataclass(frozen=True)
class Parameter:
    """One parameter, declared once, as one row of the tables beside this file.

    From this one declaration come validation, the Hydra schema, the table of `mipo parameters`,
    sampling ranges, sliders, axis labels and the tables of the docs.

    Attributes
    ----------
    name : str
        Dotted name, `group.parameter`.
    default, low, high : float
        Default and inclusive bounds.
    unit : str
        Unit; "switch" for 0 or 1, "count" for whole numbers that shape the world.
    label : str
        A few plain words for people outside the field.
    meaning : str
        What it means to someone who knows the field.
    source : str
        Where the value comes from, or "assumption".
    grade : {"found", "computed", "remembered", "assumed"}
        Grade of the evidence for the value.
    role : {"context", "lever", "behaviour"}
        Whether it describes the situation, can be chosen by those who shape a mission, or says how
        actors behave.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    label: str
    meaning: str
    source: str
    grade: Grade
    role: Role

    @property
    def group(self) -> str:
        """The part of the name before the dot."""
        return self.name.split(".")[0]

    @property
    def key(self) -> str:
        """The part of the name after the dot."""
        return self.name.split(".")[1]

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in ("switch", "count")

    @property
    def structural(self) -> bool:
        """Whether it shapes the world's arrays, and so is one number for a whole block of worlds."""
        return self.unit == "count"


@cache
def declared() -> MappingProxyType[str, Parameter]:
    """All parameters by name, in the order of the tables: contexts, levers, behaviours."""
    found: dict[str, Parameter] = {}
    for role, table in TABLES.items():
        with (Path(__file__).parent / table).open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                if row["grade"] not in get_args(Grade) or row["name"] in found:
                    raise ValueError(f"{table}: {row['name']} is declared twice or has no known grade")
                numbers = {key: float(row.pop(key)) for key in ("default", "low", "high")}
                parameter = Parameter(**numbers, **row, role=role)  # type: ignore[arg-type]
                found[parameter.name] = parameter
    return MappingProxyType(found)
