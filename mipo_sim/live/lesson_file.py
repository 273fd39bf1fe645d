"""The file of a lesson as a trainer writes it: read part by part, every fault noted with its line and place.

A place is written as in `moments[2].options[1].label`; moments, options and questions are counted from 1.
What is missing is noted once, where its part is taken; reading it then gives nothing and notes no more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from mipo_sim.live.messages import shown
from mipo_sim.live.plan import Setting, check_setting
from mipo_sim.parameters import ParameterError, check_whole, nearest
from mipo_sim.parameters.options import GROUPS
from mipo_sim.sweeps.designs.faults import Faults

MOST_BYTES = 200_000
TAB = "\t"
LANGUAGE = re.compile("[a-z]{2,3}")
NAMED = 5  # places that one fault names
SETTING = (*GROUPS, "levers")  # what can stand in a setting

Text = str | dict[str, str]


class LessonFile:
    """A lesson's file and the faults found in it so far.

    Attributes
    ----------
    faults : Faults
        One line each: where it is, what is wrong, what is allowed.
    tree : dict
        What the file holds; empty where it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.faults = Faults()
        self.tree: dict[str, Any] = {}
        self._lines: dict[str, int] = {}
        self._languages: dict[str, frozenset[str]] = {}
        if (text := self._content(path)) is not None:
            self._parse(text)

    def note(self, place: str, what: str) -> None:
        """Note a fault at a place, with the nearest line that is known of it."""
        stem = place
        while stem and stem not in self._lines:
            stem = stem[: max(stem.rfind("."), stem.rfind("["), 0)]
        line = f"line {self._lines[stem]}: " if stem else ""
        self.faults.note(f"{line}{place}: {what}" if place else f"{line}{what}")

    # -- from text to plain data ------------------------------------------------------------------------

    def _content(self, path: Path) -> str | None:
        try:
            raw = path.read_bytes()
        except OSError as error:
            self.faults.note(f"cannot be read: {error.strerror}")
            return None
        if len(raw) > MOST_BYTES:
            self.faults.note(f"has {len(raw):,} bytes; a lesson has at most {MOST_BYTES:,}")
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.faults.note("is no text in UTF-8; save it as UTF-8 in your editor")
            return None

    def _parse(self, text: str) -> None:
        try:
            if any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(text)):
                self.faults.note(
                    "has & or * before a word, which is a mark in YAML; put the text into quotes"
                )
                return
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is not None:
                self._number("", node)
            tree = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f"line {mark.line + 1}: " if mark else ""
            tab = "a tab stands where only blanks may"
            quotes = f"{error.problem}; a text that holds ': ' or ' #' has to stand in quotes"
            self.faults.note(f"{line}{tab if repr(TAB) in str(error.problem) else quotes}")
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            self.faults.note(f"is no YAML that can be read: {str(error).splitlines()[0]}")
        else:
            if isinstance(tree, dict):
                self.tree = tree
            else:
                self.faults.note("is no lesson: it has to hold title, scenario, missions, moments and more")

    def _number(self, place: str, node: yaml.Node) -> None:
        """Keep the line of every place, and note what is said twice, of which YAML keeps the last alone."""
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for number, each in enumerate(node.value, 1):
                self._number(f"{place}[{number}]", each)
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                name, line = str(key.value), key.start_mark.line + 1
                if name in seen:
                    self.faults.note(
                        f"line {line}: {inside(place, name)} stands in line {seen[name]} already"
                    )
                seen[name] = line
                self._lines[inside(place, name)] = line
                self._number(inside(place, name), value)

    # -- parts ------------------------------------------------------------------------------------------

    def entries(
        self, place: str, given: Any, known: Sequence[str], needed: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Take a part that has entries by name; what is not known is noted and left out."""
        if not isinstance(given, dict):
            self.note(place, f"takes {', '.join(known)}, not {shown(given)}")
            return {}
        for key in given:
            if key not in known:
                self.note(
                    inside(place, str(key)), f"is not known{nearest(str(key), known)} ({', '.join(known)})"
                )
        for name in needed:
            if given.get(name) is None:
                self.note(place, f"{name} is missing")
        return {name: value for name, value in given.items() if name in known and value is not None}

    def rows(self, place: str, given: Any, least: int, most: int) -> Iterator[tuple[str, Any]]:
        """Take a list, each entry with its place."""
        if given is None:
            return
        if not isinstance(given, list) or not least <= len(given) <= most:
            found = f"{len(given)}" if isinstance(given, list) else shown(given)
            self.note(place, f"takes a list of {least} to {most}, each with a dash before it, not {found}")
        for number, each in enumerate(given if isinstance(given, list) else [], 1):
            if each is None:
                self.note(f"{place}[{number}]", "is empty")
            else:
                yield f"{place}[{number}]", each

    def whole(self, place: str, given: Any, low: int, high: int) -> int | None:
        """Take a whole number."""
        if given is not None:
            with self._noted(place):
                return check_whole(place.rpartition(".")[2], given, low, high)
        return None

    def number(self, place: str, given: Any, low: float, high: float) -> float | None:
        """Take a number."""
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
            self.note(place, f"takes a number from {low:g} to {high:g}, not {shown(given)}")
            return None
        return float(given)

    def one_of(self, place: str, given: Any, known: Sequence[str]) -> str | None:
        """Take one of some names."""
        if given is None:
            return None
        if given in known:
            return str(given)
        self.note(place, f"there is no {shown(given)}{nearest(str(given), known)} ({', '.join(known)})")
        return None

    def text(self, place: str, given: Any, longest: int) -> Text:
        """Take a text, or one by language of which one is English."""
        if given is None:
            return ""
        if not isinstance(given, dict):
            self._text(place, given, longest)
            self._languages[place] = frozenset()
            return one_line(given)
        for code, words in given.items():
            if isinstance(code, str) and LANGUAGE.fullmatch(code):
                self._text(inside(place, code), words, longest)
            else:
                self.note(
                    place,
                    f"takes texts by language, as in en, fr or ar, not {shown(code)}",
                )
        if "en" not in given:
            self.note(place, "the text in English is missing: en")
        self._languages[place] = frozenset(map(str, given))
        return {str(code): one_line(words) for code, words in given.items()}

    def check_languages(self) -> None:
        """Note the languages that some texts have and others lack; a plain text counts as English."""
        for code in sorted(frozenset[str]().union(*self._languages.values()) - {"en"}):
            lacking = [place for place, has in self._languages.items() if code not in has]
            if lacking:
                places = [f"{place} (line {self._lines[place]})" for place in lacking[:NAMED]]
                more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
                self.note("", f"texts in {code} are missing: {', '.join(places)}{more}")

    def setting(self, place: str, given: Any) -> Setting:
        """Take what is chosen for a mission: an option by group, and single levers by dotted name."""
        told = self.entries(place, given, SETTING)
        choices = {group: option for group, option in told.items() if group in GROUPS}
        levers = told.get("levers", {})
        if not isinstance(levers, dict):
            self.note(f"{place}.levers", "takes levers by name, as in mandate.troops: 10")
            levers = {}
        return Setting(
            {
                group: option
                for group, option in choices.items()
                if self._can_be(place, choices={group: option})
            },
            {n: float(v) for n, v in levers.items() if self._can_be(f"{place}.levers", levers={n: v})},
        )

    def _can_be(self, place: str, **one: Mapping[str, Any]) -> bool:
        before = len(self.faults)
        (name,) = next(iter(one.values()))
        with self._noted(inside(place, str(name))):
            check_setting(Setting(**one))
        return len(self.faults) == before

    def _text(self, place: str, given: Any, longest: int) -> None:
        if not isinstance(given, str):
            self.note(place, f"takes a text, not {shown(given)}; put yes, no and numbers into quotes")
        elif not given.strip():
            self.note(place, "the text is empty")
        elif len(" ".join(given.split())) > longest:
            self.note(place, f"the text has {len(given):,} letters, and at most {longest} fit on the page")

    @contextmanager
    def _noted(self, place: str) -> Iterator[None]:
        """Note a refusal instead of stopping at it."""
        try:
            yield
        except ParameterError as refusal:
            self.note(place, str(refusal))


def in_english(text: Text) -> str:
    """Give a text in English, or as it is where it has no languages."""
    return text.get("en", "") if isinstance(text, dict) else text


def inside(place: str, name: str) -> str:
    """Write the place of an entry."""
    return f"{place}.{name}" if place else name


def one_line(text: Any) -> str:
    """Join the lines of a text; blanks that must not break, as French has before ? and !, stay."""
    return re.sub(r"[ \t\r\n]+", " ", str(text)).strip(" \t\r\n")
