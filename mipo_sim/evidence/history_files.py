"""Read a case from its file in `configs/history/`; refuse what cannot be meant, a line for every mistake."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from mipo_sim.evidence.histories import (
    AS_DECIDED,
    MEASURES,
    Counterfactual,
    Decision,
    Fact,
    History,
    date_in_words,
    months_of,
)
from mipo_sim.parameters import ParameterError, Settings, check_name, check_value, declared, nearest
from mipo_sim.parameters.options import CONFIGS, GROUPS, Configuration, compose
from mipo_sim.parameters.settings import check_decidable
from mipo_sim.sweeps.experiment import NAME

FOLDER = CONFIGS / "history"
DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
SOURCE = re.compile(r"(found|remembered)(: .+)?")


def cases(folder: Path = FOLDER) -> list[str]:
    """Names of the cases there are."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_history(case: str, folder: Path = FOLDER) -> History:
    """Read and check a case.

    Raises
    ------
    ParameterError
        With one clear line for each mistake in the file.
    """
    known = cases(folder)
    if case not in known:
        raise ParameterError(f"no case named {case!r}{nearest(case, known)} (cases: {', '.join(known)})")
    try:
        tree = yaml.safe_load((folder / f"{case}.yaml").read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" in line {place.line + 1}" if place else ""
        raise ParameterError(f"history {case}: the file cannot be read{line}") from None
    return _Reader(case, tree if isinstance(tree, dict) else {}).read()


class _Reader:
    """Reads one file, and gathers everything that is wrong with it before it refuses it."""

    def __init__(self, case: str, tree: Mapping[str, Any]) -> None:
        self.case, self.tree, self.faults = case, tree, list[str]()

    def read(self) -> History:
        words = ("scenario", "begins", "sources", "start", "decisions", "happened", "counterfactuals")
        self._keys(self.tree, "the file", words, ("not_in_model",))
        if self.faults:
            self._refuse()
        self.begins, self.scenario = str(self.tree["begins"]), self.tree["scenario"]
        self._check_words()
        self.plain = compose(self.scenario)
        start = self._start(self.tree["start"], "start", ("why",))
        decisions = self._decisions(self.tree["decisions"], "decisions")
        others = [self._counterfactual(i, start, decisions) for i in range(len(self.tree["counterfactuals"]))]
        facts = [self._fact(i, row) for i, row in enumerate(self.tree["happened"], 1)]
        self._unlike([fact.name for fact in facts], "happened")
        self._unlike([AS_DECIDED, *(other.name for other in others)], "counterfactuals")
        scene = self._composed("start", start)
        self._check_course(scene.values, decisions, "decisions")
        for other in others if not self.faults else ():  # a mistake that all share is told once
            self._check_course(other.values, other.decisions, f"counterfactual {other.name}")
        left_out = self._list(self.tree.get("not_in_model"), "not_in_model")
        if self.faults:
            self._refuse()
        sources, happened = str(self.tree["sources"]), tuple(facts)
        return History(
            self.case, scene, self.begins, sources, start, decisions, happened, tuple(others), left_out
        )

    def _refuse(self) -> None:
        raise ParameterError("\n".join(f"history {self.case}: {fault}" for fault in self.faults))

    # -- words and dates ------------------------------------------------------------------------------

    def _check_words(self) -> None:
        """Refuse at once what nothing else can be read without."""
        if not DATE.fullmatch(self.begins):
            self.faults.append(f"begins takes a date like 1999-10, not {self.begins!r}")
        for part in ("decisions", "happened", "counterfactuals"):
            rows = self.tree[part]
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                self.faults.append(f"{part} takes a list of entries")
        if not self.faults and len(self.tree["counterfactuals"]) != 2:
            self.faults.append(f"a case has two counterfactuals, not {len(self.tree['counterfactuals'])}")
        if self.faults:
            self._refuse()

    def _keys(self, tree: Mapping[str, Any], where: str, must: Iterable[str], may: Iterable[str]) -> None:
        must, allowed = list(must), [*must, *may]
        for key in tree:
            if key not in allowed:
                hint = nearest(str(key), allowed)
                self.faults.append(f"{where} takes no {key!r}{hint} (it takes: {', '.join(allowed)})")
        missing = [key for key in must if tree.get(key) in (None, "")]
        if missing:
            self.faults.append(f"{where} lacks {' and '.join(missing)}")

    def _unlike(self, names: list[str], where: str) -> None:
        for name in names:
            if not NAME.fullmatch(name):
                self.faults.append(f"{where}: a name has letters, digits, _ and -, not {name!r}")
        for name in {name for name in names if names.count(name) > 1}:
            self.faults.append(f"{where} has the name {name!r} twice")

    def _month(self, date: Any, where: str) -> int:
        """Count the months from the beginning to a date; 0 where it cannot be read."""
        if not DATE.fullmatch(str(date)):
            self.faults.append(f"{where}: a date is written like 2000-05, not {date!r}")
            return 0
        month = months_of(str(date)) - months_of(self.begins)
        if not 0 <= month < self.plain.months:
            run = f"{self.date_of(0)} to {self.date_of(self.plain.months - 1)}"
            self.faults.append(f"{where}: {date} is outside the run, which lasts from {run}")
            return 0
        return month

    def date_of(self, month: int) -> str:
        return date_in_words(self.begins, month)

    def _window(self, dates: Any, where: str) -> tuple[int, int]:
        both = dates if isinstance(dates, list) else [dates, dates]
        if len(both) != 2:
            self.faults.append(f"{where}: dates takes one date, or the first and the last, not {dates!r}")
            return 0, 0
        first, last = (self._month(date, where) for date in both)
        if last < first:
            self.faults.append(f"{where}: {both[1]} is before {both[0]}")
        return first, max(first, last)

    def _source(self, row: Mapping[str, Any], where: str) -> str:
        source = str(row.get("source", ""))
        read = SOURCE.fullmatch(source)
        if source and (read is None or (read[1] == "found" and not read[2])):
            self.faults.append(f"{where}: a source is 'found: ' and where, or 'remembered', not {source!r}")
        return source

    # -- decisions ------------------------------------------------------------------------------------

    def _start(self, row: Any, where: str, words: Iterable[str] = ()) -> Decision:
        row = self._entries(row, where)
        self._keys(row, where, words, ("choose", "set"))
        return Decision(0, self.date_of(0), str(row.get("why", "")), "", *self._moved(row, where))

    def _entries(self, given: Any, where: str) -> Mapping[str, Any]:
        if given is None or isinstance(given, dict):
            return given or {}
        self.faults.append(f"{where} takes entries with a name, not {given!r}")
        return {}

    def _list(self, given: Any, where: str) -> list[Any]:
        if given is None or isinstance(given, list):
            return given or []
        self.faults.append(f"{where} takes a list, not {given!r}")
        return []

    def _moved(
        self, row: Mapping[str, Any], where: str
    ) -> tuple[dict[str, str], dict[str, float], dict[str, float]]:
        """Options and levers that can be meant, and all levers that these set."""
        chosen: dict[str, str] = {}
        levers: dict[str, float] = {}
        values: dict[str, float] = {}
        for group, option in self._entries(row.get("choose"), f"{where}, choose").items():
            try:
                if group not in GROUPS:
                    raise ParameterError(f"no group named {group!r}{nearest(str(group), GROUPS)}")
                whole = compose(self.scenario, overrides=None, **{group: option}).values
            except ParameterError as error:
                self.faults.append(f"{where}: {error}")
                continue
            chosen[group] = option
            of_group = [p.name for p in declared().values() if p.group == group and p.role == "lever"]
            values |= {name: whole[name] for name in of_group}
        for name, value in self._entries(row.get("set"), f"{where}, set").items():
            try:
                check_decidable(str(name))
                levers[name] = float(check_value(check_name(name), value))
            except ParameterError as error:
                self.faults.append(f"{where}: {error}")
        return chosen, levers, values | levers

    def _composed(self, where: str, *starts: Decision) -> Configuration:
        """Put a start together; what a later one chooses or sets goes before the earlier ones."""
        chosen: dict[str, str] = {}
        levers: dict[str, float] = {}
        for start in starts:
            levers = {name: v for name, v in levers.items() if name.partition(".")[0] not in start.chosen}
            chosen, levers = chosen | start.chosen, levers | start.levers
        try:
            return compose(self.scenario, overrides=levers, **chosen)
        except ParameterError as error:
            self.faults.append(f"{where}: {error}")
            return self.plain

    def _decisions(self, rows: Iterable[Any], where: str) -> tuple[Decision, ...]:
        taken = [self._decision(row, f"{where}, entry {number}") for number, row in enumerate(rows, 1)]
        for earlier, later in pairwise(taken):
            if later.month <= earlier.month:
                self.faults.append(
                    f"{where}: {later.date} comes after {earlier.date}; one entry a month, in order"
                )
        return tuple(taken)

    def _decision(self, row: Any, where: str) -> Decision:
        row = self._entries(row, where)
        self._keys(row, where, ("date", "what", "source"), ("choose", "set"))
        month = self._month(row.get("date"), where)
        chosen, levers, values = self._moved(row, where)
        if not (chosen or levers):
            self.faults.append(f"{where} moves nothing: it needs choose or set")
        what, source = str(row.get("what", "")), self._source(row, where)
        return Decision(month, self.date_of(month), what, source, chosen, levers, values)

    def _check_course(self, values: Mapping[str, float], decisions: Iterable[Decision], where: str) -> None:
        """Refuse what contradicts something else at the time it is decided."""
        held = Settings(values, 1)
        for decision in decisions:
            try:
                held.decide(decision.values)
            except ParameterError as error:
                self.faults.append(f"{where}, {decision.date}: {error}")

    def _counterfactual(self, place: int, start: Decision, decisions: tuple[Decision, ...]) -> Counterfactual:
        row, where = self.tree["counterfactuals"][place], f"counterfactuals, entry {place + 1}"
        self._keys(row, where, ("name", "question", "why", "claims"), ("start", "without", "decisions"))
        dropped = {self._month(date, where) for date in self._list(row.get("without"), f"{where}, without")}
        for month in dropped - {decision.month for decision in decisions}:
            self.faults.append(
                f"{where}: nothing was decided in {self.date_of(month)} that could be left out"
            )
        added = {d.month: d for d in self._decisions(self._list(row.get("decisions"), where), where)}
        kept = {d.month: d for d in decisions if d.month not in dropped}
        own = self._start(row.get("start"), f"{where}, start")
        values = self._composed(f"{where}, start", start, own).values
        if not (dropped or added or own.values):
            self.faults.append(f"{where} differs in nothing: it needs start, without or decisions")
        both = kept | added
        return Counterfactual(
            str(row.get("name", "")),
            str(row.get("question", "")),
            str(row.get("why", "")),
            [str(claim) for claim in self._list(row.get("claims"), f"{where}, claims")],
            own,
            values,
            tuple(both[month] for month in sorted(both)),
        )

    # -- what happened --------------------------------------------------------------------------------

    def _fact(self, number: int, row: Mapping[str, Any]) -> Fact:
        where = f"happened, entry {number}"
        must = ("name", "what", "measure", "dates", "value", "source")
        self._keys(row, where, must, ("per", "against", "given", "why"))
        for key in ("measure", "per"):
            name = row.get(key, "")
            if name and name not in MEASURES:
                self.faults.append(f"{where}: no {key} named {name!r}{nearest(str(name), MEASURES)}")
        low, high = self._range(row.get("value"), where)
        months = self._window(row.get("dates"), where)
        against = self._window(row["against"], where) if "against" in row else None
        first, last = (self.date_of(month) for month in months)
        return Fact(
            name=str(row.get("name", "")),
            what=str(row.get("what", "")),
            source=self._source(row, where),
            measure=str(row.get("measure", "")),
            months=months,
            dates=first if first == last else f"{first} to {last}",
            low=low,
            high=high,
            per=str(row.get("per", "")),
            against=against,
            given=bool(row.get("given", False)),
            why=str(row.get("why", "")),
        )

    def _range(self, value: Any, where: str) -> tuple[float, float]:
        both = value if isinstance(value, list) else [value, value]
        numbers = [v for v in both if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(both) != 2 or len(numbers) != 2 or numbers[1] < numbers[0]:
            self.faults.append(
                f"{where}: value takes a number, or the low and the high of a range, not {value!r}"
            )
            return 0.0, 0.0
        return float(numbers[0]), float(numbers[1])
