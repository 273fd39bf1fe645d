"""What tests of the trainers' page in a browser share: using it by what is seen, and what the model says."""

import re
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from serving import PLAN, running

from mipo_sim.live import stories
from mipo_sim.live.band import Bands
from mipo_sim.live.page import link_to
from mipo_sim.live.plan import Plan
from mipo_sim.live.words import LANGUAGES, catalogue
from mipo_sim.model import MissionModel
from mipo_sim.parameters import declared
from mipo_sim.parameters.options import compose

expect.set_options(timeout=20_000)
OTHERS = 10  # worlds behind the one shown: enough to be told of
MAP = ("trust", "need", "violence")


def say(key, language="en", **values):
    """A text of the catalogue as it is seen; from right to left, what is filled in is set apart."""
    text = re.sub(r"\[\[[^|\]]*\|([^\]]*)\]\]", r"\1", catalogue(language)[key])
    begin, end = "\u2068\u2069" if LANGUAGES[language][1] == "rtl" else ("", "")
    return re.sub(r"\{(\w+)\}", lambda found: f"{begin}{values.get(found[1], found[0])}{end}", text)


def text(of, language="en"):
    """A lesson's own text, as it is seen."""
    given = of if isinstance(of, str) else of.get(language, of["en"])
    return re.sub(r"\[\[[^|\]]*\|([^\]]*)\]\]", r"\1", given)


def says_number(words, value):
    """Whether a value stands in an English sentence, plain or per cent, as exactly as it is written there."""
    for number, decimals, percent in re.findall(r"([-−]?\d[\d,]*(\.\d+)?)(%?)", words):
        times = 100 if percent else 1
        written = float(number.replace(",", "").replace("−", "-"))
        if abs(written - times * value) <= 0.501 / 10 ** max(0, len(decimals) - 1):
            return True
    return False


class Trainer:
    """The page as somebody uses it: by the names of its parts, in one language."""

    def __init__(self, page: Page, language: str = "en"):
        self.page, self.language = page, language

    def says(self, key, **values):
        return say(key, self.language, **values)

    def button(self, key, **values):
        return self.page.get_by_role("button", name=self.says(key, **values), exact=True)

    def press(self, key, **values):
        self.button(key, **values).click()

    def region(self, key):
        return self.page.get_by_role("region", name=self.says(key), exact=True)

    def at(self, month):
        """Wait until the run stands still in a month, and all of it is known."""
        expect(self.page.get_by_text(self.says("play.month", month=month), exact=True)).to_be_visible()
        last = int(self.slider.get_attribute("max"))
        key = "play.ended" if month == last else "play.paused"
        expect(self.page.get_by_text(self.says(key, month=month))).to_be_visible()
        expect(self.page.get_by_text(self.says("play.computed").partition("{")[0])).to_be_hidden()
        return self

    def passes(self, month):
        """Wait until a month, or a later one, is shown."""
        later = "|".join(str(each) for each in range(month, 241))
        expect(self.slider).to_have_value(re.compile(f"^({later})$"))

    @property
    def slider(self):
        return self.page.get_by_role("slider", name=self.says("lines.slider"), exact=True)

    @property
    def month(self):
        return int(self.slider.input_value())

    def go(self, month):
        self.page.get_by_label(self.says("play.jump")).fill(str(month))
        self.press("play.go")
        return self.at(month)

    def begin(self, lesson):
        """Choose a lesson on the first screen and begin it."""
        self.press("setup.by.lesson")
        words = text(lesson.title, self.language).split()
        title = r"\s".join(map(re.escape, words))  # spaces that do not break are heard as any other
        self.page.get_by_role("button", name=re.compile(f"{title}$")).click()
        self.press("setup.start.lesson")
        return self.at(0)

    def lines(self):
        """What stands above the lines: by the line, what either mission has in the month shown."""
        heads = (
            self.region("lines.title")
            .locator("figcaption")
            .evaluate_all("all => all.map(one => [one.querySelector('strong').textContent, one.textContent])")
        )
        return {
            line: [_number(value) for value in re.findall(r":\s*([\d.,−]+)", text)] for line, text in heads
        }

    def drawn(self):
        """The courses of all lines as they are drawn, the missions' one after the other."""
        paths = self.region("lines.title").locator("svg path[stroke-width='2.8']")
        return paths.evaluate_all("all => all.map(one => one.getAttribute('d'))")

    def table(self, measure="trust"):
        """The table behind the map: by district, per cent of either mission."""
        self.page.get_by_role("radio", name=self.says(f"map.{measure}"), exact=True).check()
        shown = self.page.get_by_role("group", name=self.says("map.table")).get_by_role("table")
        if not shown.count():
            self.page.get_by_text(self.says("map.table"), exact=True).click()
        expect(shown.locator("caption")).to_contain_text(self.says(f"map.{measure}"))
        rows = shown.locator("tbody tr").evaluate_all(
            "all => all.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
        )
        return {name: (_number(one), _number(other)) for name, _, _, one, other in rows}

    def events(self):
        """What happened, without the reasons, which are told when they are found."""
        reason = self.says("log.because").partition("{")[0]
        return [
            text.partition(reason)[0].strip()
            for text in self.page.get_by_role("log").locator("p").all_inner_texts()
        ]

    def seen(self):
        """All that is to be the same where the same run is shown."""
        return self.lines(), self.drawn(), self.events()

    def group(self, name):
        """Open a group of levers where decisions are made."""
        part = self.region("deciding.title")
        part.get_by_role("button", name=re.compile(f"^{re.escape(self.says(f'groups.{name}'))}")).click()
        return part

    def decide(self, group, option):
        """Choose an option of a group for the mission whose levers are open."""
        part = self.group(group)
        part.get_by_role("combobox").select_option(label=self.label(group, option))
        expect(part.locator(".decisions")).to_contain_text(self.says(f"options.{group}.{option}.label"))
        part.get_by_role("button", name=re.compile(f"^{re.escape(self.says(f'groups.{group}'))}")).click()

    def label(self, group, option, own=False):
        label = self.says(f"options.{group}.{option}.label")
        return f"{label} · {self.says('setup.option.own')}" if own else label


def _number(text):
    return float(re.sub(r"[^\d.−]", "", text).replace("−", "-"))


class Country:
    """The two missions of a plan lived through without the page, in a model made for it alone."""

    def __init__(self, plan, month):
        usual = {name: parameter.default for name, parameter in declared().items()}
        begun = [compose(plan["scenario"], overrides=m["levers"], **m["choices"]) for m in plan["missions"]]
        held = [usual | dict(one.values) for one in begun]
        start = _side_by_side(held)
        decisions = {}
        for mission, moved in enumerate(Plan.from_json(plan).decided):
            for when, levers in moved.items():  # of one mission: the other keeps what it has
                held[mission] |= levers
                decisions[when] = {name: np.array([one[name] for one in held]) for name in levers}
        self.model = MissionModel(
            start,
            worlds=2,
            replicates=[plan["world"]] * 2,
            seed=plan["seed"],
            map=begun[0].map,
            months=plan["months"],
            decisions=decisions,
        )
        for _ in range(month):
            self.model.step()

    def districts(self, measure):
        """Means of districts over their people, per cent: by name, of either mission."""
        country, people = self.model.country, self.model.communities
        met = np.sum(people.need * people.coverage, axis=-2) / np.sum(people.need, axis=-2)
        each = {"trust": people.trust, "need": 1 - met, "violence": people.violence}[measure]
        found = {}
        for place, name in enumerate(country.map.districts):
            here = country.district_of == place
            found[str(name)] = 100 * np.average(each[here], axis=0, weights=country.people[here])
        return found

    def line(self, name):
        """A recorded series in the last month lived, per cent."""
        return 100 * self.model.recorder.series[name][self.model.month - 1]


def _side_by_side(held):
    """Levers of two missions; what is alike in both is one number, as the shape of the country has to be."""
    first, second = held
    return {
        name: value if value == second[name] else np.array([value, second[name]])
        for name, value in first.items()
    }


@pytest.fixture(scope="module")
def classroom():
    """A server with few worlds behind the one that is shown."""
    with few_worlds(), running() as server:
        yield server


@contextmanager
def few_worlds():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stories, "Bands", partial(Bands, worlds=OTHERS))
        yield


@pytest.fixture
def shows(server, opened):
    """Open a plan in a month, without other worlds, which would come in the middle of a test."""

    def show(plan=PLAN, month=0, **more):
        link = link_to(Plan.from_json(plan), month)
        return Trainer(opened(f"{server.address}{link}", **more)).at(month)

    return show
