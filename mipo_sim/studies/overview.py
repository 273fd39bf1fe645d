"""The page that answers the title question from all studies: every verdict on it is computed."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from mipo_sim.analysis.intervals import reach_of_many
from mipo_sim.analysis.wording import plain, ranged, records
from mipo_sim.studies.comparing import ALL
from mipo_sim.studies.findings import PICTURE, SPREAD, Findings
from mipo_sim.studies.method import listed, outcome_name, percent
from mipo_sim.studies.page import bullets, paragraph, table_of

HEAD = """\
<!-- Written by `mipo study all --write`; change `mipo_sim/studies/overview.py` or `configs/study/`. -->
# Findings: which form of mission suits which situation?
"""
INTRODUCTION = """\
This page answers the title question from {studies} studies with {worlds:,} simulated worlds. Every number
and every verdict on it is computed from the tables in [experiments](../experiments); what is written by
hand says how to take them. They are odds in a model, with its defaults, and no forecast of any country.
*Clearly* means that a 95 % interval leaves out the alternative, with worlds of the same luck compared
pair by pair; where it does not, a thing is too close to call. For what is called best the interval covers
all pairs of forms, in each situation by itself; for the adaptive form it covers all that it is set against.
"""
MIXED = """\
**Not all studies were run by the same rules** ({rules}): what they say of each other may not hold. `mipo
study all --write` runs them anew.
"""
MOST_SAID = 3  # sentences of an answer
DIFFER = ("differences", "months_of_peace")
HUMPS = {  # by whether no depth, and full depth, may be best
    (False, False): "an inverted U, both ends are clearly not the best",
    (True, False): "a fall, full depth is clearly not the best and a rise before is not clear",
    (False, True): "a rise, no depth is clearly not the best and a fall after is not clear",
    (True, True): "neither rise nor fall is clear",
}
PICTURES = ("form_follows_function", "not_an_end_in_itself", "robust_forms")
NAMES = """\
Forms of *integration* are named after the decisions that are taken jointly: how much work each sector gets,
which districts get it, who serves which village. A *whole mission* is a bundle of mandate, money, people
and integration. What each name stands for is set out in [does form follow
function?](../experiments/form_follows_function/README.md) and [which form stands
everywhere?](../experiments/robust_forms/README.md); that of an option by itself is told by `mipo scenarios`.
"""
JUDGED = """\
What was expected was written down before anything had run, and stands beside what came out; the reader is
to compare. Whether each claim of 2007 comes out is judged by rules in [claims](claims.md).
"""
AFTER_CRISIS = "**Is integration better suited to the time after a crisis?** (A10)"
START = "**When should it start?** (A11)"
SHARES = """\
Share of the variance between worlds in the headline outcome of each study that is due to luck, which
nobody chooses, to the situation, to the form, and to all that they do together. The parameters that
nobody knows exactly are added in [what makes worlds differ](spread.md).
"""
LIMITS = """\
**Parameters are uncertain.** All of this holds with the defaults. How much integration helps and costs, how
an earmark pulls, how an unpaid soldier preys: next to nobody has measured it, and those parameters are
assumptions (`mipo parameters` shows the grade of each). `mipo study NAME parameters=posterior` lives each
replicate by another set of what the calibration leaves open; intervals then cover that too. They never
cover what is not in the model.

**The evidence behind it is observed, not tried.** Missions go to harder cases and leave safe ones; the
published figures that the model was held against carry that, and so may the model.

**Situations are stylised**, five kinds and not the world's countries; a mean over them takes each for as
likely as the others. **Forms are bundles** that were put together by hand, and some have more people and
money than others.

**Many comparisons.** Each study makes dozens; one in twenty that is nothing looks clear by chance.
"""


def findings_page(found: Sequence[Findings], validation: pd.DataFrame) -> str:
    """Write the page.

    Parameters
    ----------
    found : sequence of Findings
        What all studies have come to.
    validation : DataFrame
        How the model stands against the record: `part` (target or sign), `row`, `verdict`.
    """
    by_name = {each.study.name: each for each in found}
    form, start = by_name["form_follows_function"], by_name["sequencing"]
    robust = by_name["robust_forms"].sentences("robust")
    rules = sorted({each.made["code"] for each in found})
    worlds = sum(each.made["worlds"] * each.made["points"] for each in found)
    parts = [
        HEAD,
        paragraph(INTRODUCTION.format(studies=len(found), worlds=worlds)),
        *[paragraph(MIXED.format(rules=", ".join(rules)))] * (len(rules) > 1),
        "## The short answer\n",
        *bullets([*one_for_all(form), *at_stake(form), *adaptive_against_fixed(form), *robust]),
        _by_situation(by_name),
        paragraph(NAMES),
        "## What was left open in 2007\n",
        paragraph(" ".join((AFTER_CRISIS, *after_crisis(form)))),
        paragraph(" ".join((START, *start.sentences("start"), *latest_tried(start)))),
        "## Study by study\n",
        paragraph(JUDGED),
        *(part for each in found for part in _study(each)),
        "## What makes worlds differ\n",
        paragraph(SHARES),
        table_of(*_spreads(found)),
        "## Limits\n",
        *(paragraph(text) for text in LIMITS.split("\n\n")),
        paragraph(_failed(validation)),
    ]
    return "\n".join(parts).rstrip() + "\n"


def one_for_all(form: Findings) -> Iterator[str]:
    """Whether the best form changes with the situation: whether any may be best in all of them."""
    for name in ("best_for_need", "best_against_relapse"):
        table = form.tables[name]
        places = table["situation"].nunique()
        everywhere = table.groupby("form", sort=False)["possible"].all()
        kept = list(everywhere.index[everywhere])
        what = outcome_name(table["outcome"].iloc[0]).lower()
        if not kept:
            verdict = f"no single form of integration can be the best in all {places} situations"
            yield f"**Form follows function for {what}**: {verdict}."
        elif len(kept) == len(everywhere):
            yield f"For {what} the form of integration is too close to call in all {places} situations."
        else:
            rest = f"{listed(kept)} may be best in all {places}"
            yield f"For {what} the best form need not change with the situation: {rest}."


def at_stake(form: Findings) -> Iterator[str]:
    """How much is lost at most by one form of integration for all situations."""
    table = form.tables["robust"]
    regret = table[table["measure"] == "maximum_regret"]
    least = records(regret.sort_values("value", kind="stable"))[0]
    points = f"{100 * least.value:.1f} points ({100 * least.low:.1f} to {100 * least.high:.1f})"
    yield (
        f"What is at stake: {plain(least.form)}, kept in all situations, loses at most {points} of need met "
        "against the best form there."
    )


def adaptive_against_fixed(form: Findings) -> Iterator[str]:
    """Whether the adaptive form beats every fixed one over all situations, all of them judged together."""
    table = form.tables["against_adaptive"]
    over_all = table[(table["situation"] == ALL) & (table["form"] != "adaptive_ill_informed")]
    for outcome, sign in (("need_met", 1), ("relapse_5_years", -1)):
        rows = over_all[over_all["outcome"] == outcome]
        clear = _clear_together(rows)
        better = clear & (sign * rows["difference"] > 0)
        worse = clear & (sign * rows["difference"] < 0)
        head = f"For {outcome_name(outcome).lower()} over all situations the adaptive form"
        if worse.all():
            yield f"{head} beats every fixed one, clearly."
            continue
        said = [f"beats {listed(list(rows.loc[worse, 'form']))}"] * bool(worse.any())
        said += [f"is beaten by {listed(list(rows.loc[better, 'form']))}"] * bool(better.any())
        rest = int((~better & ~worse).sum())
        said += [f"is too close to call against {rest} of {len(rows)}"] * bool(rest)
        yield f"{head} does not beat every fixed one: it {'; '.join(said)}."


def _clear_together(rows: pd.DataFrame) -> pd.Series:
    """Which differences are clear when the intervals of all rows are to hold at once."""
    reach = (rows["high"] - rows["low"]) / 2 * reach_of_many(len(rows), int(rows["pairs"].min()))
    return rows["difference"].abs() > reach


def _by_situation(by_name: Mapping[str, Findings]) -> str:
    """What may be best in each situation, by form of integration and by whole mission."""
    columns = {
        "integration, for need met": by_name["form_follows_function"].tables["best_for_need"],
        "integration, against relapse": by_name["form_follows_function"].tables["best_against_relapse"],
        "whole mission, for need met": by_name["robust_forms"].tables["best_for_need"],
        "whole mission, against relapse": by_name["robust_forms"].tables["best"],
    }
    places = list(dict.fromkeys(next(iter(columns.values()))["situation"]))
    lines = [(plain(place), *(_may_be_best(table, place) for table in columns.values())) for place in places]
    return table_of(("situation", *columns), lines)


def _may_be_best(table: pd.DataFrame, place: str) -> str:
    rows = table[table["situation"] == place]
    possible = list(rows.loc[rows["possible"], "form"])
    if len(possible) == 1:
        return f"**{plain(possible[0])}**"
    return f"too close to call: {'all' if len(possible) == len(rows) else listed(possible)}"


def after_crisis(form: Findings) -> Iterator[str]:
    """What full integration changes against none, after a crisis and in a war."""
    table = form.tables["against_apart"]
    full = {(row.outcome, row.situation): row for row in records(table[table["form"] == "full"])}
    for outcome, sign in (("need_met", 1), ("relapse_5_years", -1)):
        after, war = full[outcome, "post_crisis"], full[outcome, "active_conflict"]
        (least, most), (least_in_war, most_in_war) = (
            sorted((sign * row.low, sign * row.high)) for row in (after, war)
        )
        verdict = "which it suits better is too close to call"
        if least > most_in_war:
            verdict = "it suits the time after a crisis better"
        elif most < least_in_war:
            verdict = "it suits a war better"
        yield (
            f"For {outcome_name(outcome).lower()}, {verdict}: against actors apart, full integration brings "
            f"{_points(after)} after a crisis and {_points(war)} in a war, in points."
        )


def latest_tried(start: Findings) -> Iterator[str]:
    """Say where the best start may lie beyond those tried."""
    table = start.tables["start"]
    last = table["form"].iloc[-1]
    places = table.loc[(table["form"] == last) & table["possible"], "situation"]
    if len(places):
        yield f"No later start than {plain(last)} was tried: where it may be best, a later one may be better."


def _points(row) -> str:
    return ranged([100 * value for value in (row.difference, row.low, row.high)], 1, row.clear)


def _study(found: Findings) -> Iterator[str]:
    """What was expected of a study, its headline, and the first of the differences that it found."""
    study = found.study
    folder = f"../experiments/{study.name}"
    said = found.sentences(study.headline.name)[:MOST_SAID]
    differing = [answer.name for answer in study.answers if answer.analysis in DIFFER]
    if study.headline.name not in differing:
        for name in differing[:1]:
            said += found.sentences(name)[: 1 if said else MOST_SAID]
    said += inverted_u(found) if study.name == "not_an_end_in_itself" else []
    yield f"### [{study.title}]({folder}/README.md)\n"
    yield paragraph(f"*Expected:* {study.expectation}")
    yield from bullets(said)
    if study.name in PICTURES:
        yield f"![{study.title}]({folder}/{PICTURE})\n"


def inverted_u(found: Findings) -> Iterator[str]:
    """Whether need met rises and then falls with depth: whether both ends are clearly not the best."""
    for name, form, ends in (
        ("best_depth", "usual enablers", ("depth_0", "depth_100")),
        ("best_depth_helped", "good enablers", ("helped_depth_0", "helped_depth_100")),
    ):
        for place, rows in found.tables[name].groupby("situation", sort=False):
            possible = rows.set_index("form")["possible"]
            verdict = HUMPS[bool(possible[ends[0]]), bool(possible[ends[1]])]
            yield f"Need met by depth, {plain(str(place))}, {form}: {verdict}."


def _spreads(found: Sequence[Findings]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Shares of variance, a line a study; interactions are added up."""
    heads = ("study", "outcome", "luck", "situation", "form", "together")
    lines = []
    for each in found:
        if SPREAD in each.tables:
            rows = {row.effect: row for row in records(each.tables[SPREAD])}
            alone = [rows.get(effect) for effect in heads[2:5]]
            said = [percent(row.share, row.low, row.high) if row else "-" for row in alone]
            together = sum(row.share for effect, row in rows.items() if "×" in effect)
            outcome = outcome_name(each.tables[SPREAD]["outcome"].iloc[0])
            lines.append((each.study.title, outcome, *said, f"{100 * together:.0f} %"))
    return heads, lines


def _failed(validation: pd.DataFrame) -> str:
    """Say which published figures and known directions the model does not meet."""
    counts = []
    for part, what in (("target", "published figures"), ("sign", "effects with a known direction or range")):
        rows = validation[validation["part"] == part]
        outside = list(rows.loc[rows["verdict"] == "outside", "row"])
        names = f" ({', '.join(outside)})" if outside else ""
        counts.append(f"{len(outside)} of {len(rows)} {what}{names}")
    return (
        f"**Where the model fails.** It misses {' and '.join(counts)}; [validation](validation.md) says what "
        "they are and why. A finding that leans on one of them is worth less."
    )
