"""Pictures of findings: what they show, say and leave out, for every kind of eye, however little there is."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from figure_tables import (
    BEST,
    BOXES,
    DIFFERENCES,
    FRONT,
    HAZARDS,
    NAN,
    OVERHEAD,
    PICTURES,
    ROBUST,
    SHARES,
    SOBOL,
    curve,
    curves,
    ends,
    joined,
    monthly,
    table,
)
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from mipo_sim import ParameterError, analysis, figures
from mipo_sim.figures import as_bytes, sign
from mipo_sim.figures.page import Picture, apart, percentages, sheet, told_apart
from mipo_sim.figures.style import CAUSE_HATCHES, look_of

MANY = [f"form_{number:02}" for number in range(30)]
LOOKS = [
    look_of(form, ["a", "b", "c", "d", "e"])
    for form in ("a", "b", "c", "d", "e", "no_mission", "mix_of_2007")
]


def words_in(drawn):
    """All that a picture says."""
    figure = drawn.figure.figure
    figure.draw_without_rendering()
    return " ".join(text.get_text() for text in figure.findobj(Text))


def widths_of(axes):
    """How wide the bars are, without those that only the key shows."""
    return [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle) and bar.get_width()]


def marks_of(axes, x=True):
    """Where single marks stand, and whether they are filled."""
    found = [line for line in axes.lines if line.get_marker() not in ("None", None, "")]
    return [(float(line.get_xdata()[0] if x else line.get_ydata()[0]), line.get_markerfacecolor() != "white")
            for line in found]  # fmt: skip


# -- all of them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_says_who_made_it_and_keeps_its_words_on_the_sheet(name):
    figure = sign(PICTURES[name](), "mipo_sim 1.2 · config abc · seed 7 · 200 worlds", "A title", "Odds.")
    said = words_in(figure)
    assert "config abc" in said and "A title" in said and "Odds." in said
    sheet = figure.bbox
    at_ticks = {
        id(label) for axes in figure.axes for label in axes.get_xticklabels()
    }  # also those out of view
    for text in figure.findobj(Text):
        box = text.get_window_extent()
        if text.get_text().strip() and box.width and id(text) not in at_ticks:
            assert box.x1 <= sheet.x1 + 1 and box.x0 >= sheet.x0 - 1, text.get_text()
            assert box.y1 <= sheet.y1 + 1 and box.y0 >= sheet.y0 - 1, text.get_text()


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_picture_gives_the_same_file(kind):
    def drawn():
        return as_bytes(sign(PICTURES["trade_off"](), "source"), kind)

    assert drawn() == drawn()


def test_a_picture_is_of_a_known_kind():
    with pytest.raises(ParameterError, match="png, svg, pdf, not 'pngg'; did you mean 'png'"):
        as_bytes(Picture(), "pngg")


def test_a_picture_shows_itself_in_a_notebook():
    assert PICTURES["hazards"]().figure._repr_png_().startswith(b"\x89PNG")


def test_pictures_can_be_drawn_on_axes_of_ones_own():
    page = Picture(figsize=(9, 4))
    left, right = page.subplots(1, 2)
    assert figures.survival_curves(curves(), axes=left) is left
    assert figures.trade_off(FRONT, axes=right) is right
    whole = Picture(figsize=(9, 8), layout="constrained")
    part = whole.subfigures(2, 1)[1]
    assert figures.forest(DIFFERENCES, figure=part) is part
    assert sign(part, "who made it") is whole and "who made it" in words_in(whole)


# -- every kind of eye ------------------------------------------------------------------------------------

# Viénot, Brettel & Mollon, Color Research & Application 24 (1999): linear RGB as dichromats see it.
DICHROMATS = {
    "protanope": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranope": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def seen(colour, eye=None):
    """A colour in CIE L*a*b*, in which distances are about as large as they look."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if eye:
        linear = np.clip(DICHROMATS[eye] @ linear, 0, 1)
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ linear / (0.9505, 1, 1.089), 0.009))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", [None, *DICHROMATS])
def test_colours_of_forms_are_apart_for_every_kind_of_eye(eye):
    for one, other in combinations(LOOKS, 2):
        assert np.linalg.norm(seen(one.colour, eye) - seen(other.colour, eye)) > 10, (one, other)


def test_colour_is_never_the_only_thing_that_tells_forms_apart():
    assert len({look.mark for look in LOOKS}) == len(LOOKS)
    assert len({(look.colour, str(look.dash)) for look in (look_of(form, MANY) for form in MANY[:20])}) == 20
    assert len({look.colour for look in LOOKS}) == len(LOOKS)
    assert len(set(CAUSE_HATCHES.values())) == len(CAUSE_HATCHES)
    dashes = {
        str(line.get_linestyle()) + str(line._dash_pattern)
        for line in figures.survival_curves(curves()).lines
    }
    assert len(dashes) == 3


# -- how long peace lasts ---------------------------------------------------------------------------------


def test_survival_names_its_curves_and_counts_who_is_at_risk():
    axes = figures.survival_curves(curves())
    said = words_in(axes)
    for words in ("full  74 %", "no mission  16 %", "years since peace began", "worlds at peace and watched"):
        assert words in said
    assert len(axes.lines) == len(axes.collections) == 3
    at_risk = [text.get_text() for text in axes.texts]
    counts = curves().query("month in (0, 12, 60)")["at_risk"]
    assert {str(count) for count in counts} <= set(at_risk)


def test_a_curve_ends_where_hardly_anybody_is_watched_for_so_long():
    whole = figures.survival_curves(curve("a", 0.001))
    cut = figures.survival_curves(curve("a", 0.001, watched=0.5))
    assert max(whole.lines[0].get_xdata()) == 5 and max(cut.lines[0].get_xdata()) < 2


def test_labels_of_curves_that_end_together_do_not_cover_each_other():
    places = apart({"a": 1.0, "b": 1.0, "c": 0.98, "d": 0.0}, 0.07, top=1)
    heights = sorted(places.values())
    assert min(np.diff(heights)) >= 0.07 - 1e-9 and max(heights) <= 1 and places["d"] == 0


def test_ends_are_stacked_and_banded():
    figure = PICTURES["ends"]()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["full", "no mission"]
    below, above = (line.get_ydata()[-1] for line in figure.axes[0].lines)
    assert below == pytest.approx(0.25) and above == pytest.approx(1 - 0.5)
    for words in ("relapse first", "planned exit first", "neither yet", "95 % band", "100 worlds"):
        assert words in words_in(figure)


def test_hazards_leave_out_periods_with_nobody_left():
    axes = figures.hazards(HAZARDS)
    marks = {line.get_label(): line for line in axes.lines if line.get_marker() != "None"}
    assert list(marks["full"].get_ydata()) == [0.105, 0.045, 0]
    assert len(marks["no mission"].get_xdata()) == 2
    assert axes.get_ylabel() == "relapses a year at risk"


# -- what a form changes ----------------------------------------------------------------------------------


def test_differences_stand_in_their_units_and_say_whether_they_are_clear():
    figure = PICTURES["differences"]()
    points, money = figure.axes
    assert points.get_xlabel() == "percentage points" and money.get_xlabel() == "$m a year"
    found = sorted(marks_of(points))
    assert [place for place, _ in found] == pytest.approx([-12, -1, 2, 21])
    assert [filled for _, filled in found] == [True, False, False, True]
    said = words_in(figure)
    for words in ("against no mission", "better", "worse", "not clear", "200 pairs", "What full changes"):
        assert words in said


def test_differences_of_one_unit_stand_together():
    outcomes = ["cost", "need_met", "plan_age", "trust", "decision_delay"]
    mixed = joined(*(DIFFERENCES.head(1).assign(outcome=outcome) for outcome in outcomes))
    units = [axes.get_xlabel() for axes in figures.forest(mixed).axes]
    assert units == ["percentage points", "$m a year", "months"]


def test_differences_of_several_situations_name_them():
    both = joined(DIFFERENCES.assign(situation="calm"), DIFFERENCES.assign(situation="harsh_place"))
    assert "against no mission, harsh place" in words_in(figures.forest(both))
    titled = words_in(figures.forest(both, titles={"harsh_place": "Harsh-place"}))
    assert "against no mission, Harsh-place" in titled and "against no mission, calm" in titled


def names_of_rows(figure):
    return [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]


@pytest.mark.parametrize("count", [2, 4, 24])
def test_rows_of_differences_are_told_apart_however_long_their_names(count):
    places = [
        f"humanitarian_agencies_{number}-fragile_ceasefire-mandate_of_many_words-{'far_' * 16}away"
        for number in range(count)
    ]
    need = DIFFERENCES.query("outcome == 'need_met' and reference == 'no_mission'")
    figure = figures.forest(joined(*(need.assign(situation=place) for place in places)))
    names = names_of_rows(figure)
    assert len(set(names)) == count and not any("[" in name for name in names)
    said = words_in(figure)
    assert said.count("Need met") == said.count("no mission") == 1, "what all share is said once"
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert all(upper.y0 >= lower.y1 for upper, lower in pairwise(boxes)), "names do not run into each other"


LONG = [f"earmarked-troops_12-regional_system_with_{leave}" for leave in ("leave", "none")]
OF_FORMS = {
    "survival": (figures.survival_curves, curves()),
    "ends": (figures.ends_over_time, ends()),
    "hazards": (figures.hazards, HAZARDS),
    "months": (figures.lines_over_months, monthly(), "need_met"),
    "money": (figures.money_flows, monthly()),
    "overhead": (figures.overhead_bars, joined(OVERHEAD, OVERHEAD.assign(form="no_mission"))),
    "best": (figures.best_heatmap, BEST, "relapse_5_years"),
    "robustness": (figures.robustness_dots, ROBUST, "relapse_5_years"),
    "trade_off": (figures.trade_off, FRONT),
}


@pytest.mark.parametrize("name", OF_FORMS)
def test_forms_with_long_names_are_told_apart(name):
    draw, found, *outcome = OF_FORMS[name]
    renamed = found.replace({"form": dict(zip(found["form"].unique()[:2], LONG, strict=True))})
    said = " ".join(words_in(draw(renamed, *outcome)).split())
    assert all(form.replace("_", " ").replace("-", " + ") in said for form in LONG)


def test_names_are_cut_only_where_they_stay_apart():
    assert list(told_apart(["a_long_name", "b_long_name"], 8).values()) == ["a [...]", "b [...]"]
    assert list(told_apart(["long_a_name", "long_b_name"], 10).values()) == ["long a name", "long b name"]


def test_a_difference_that_stands_alone_is_named_by_its_outcome():
    assert names_of_rows(figures.forest(DIFFERENCES.head(1))) == ["Relapse within 5 years"]


def test_a_mean_over_situations_says_so():
    said = words_in(figures.forest(DIFFERENCES, averaged=4))
    assert "mean over 4 situations, 200 pairs in each" in said and "over 200 pairs" not in said
    assert "mean over" not in words_in(figures.forest(DIFFERENCES))


def test_a_title_that_is_too_long_is_wrapped():
    long = "_".join(["a_form_with_many_words"] * 6)
    figure = figures.forest(DIFFERENCES.query("reference == 'no_mission'").assign(form=long))
    words_in(figure)
    title = next(text for text in figure.findobj(Text) if text.get_text().startswith("What"))
    assert title.get_window_extent().x1 <= figure.bbox.x1
    assert long.replace("_", " ") in title.get_text().replace("\n", " ")


def test_overhead_adds_up_and_carries_intervals():
    axes = PICTURES["overhead"]()
    assert sum(widths_of(axes)[:4]) == pytest.approx(0.24)
    assert "24.0 %" in words_in(axes) and "14.4 %" in words_in(axes)
    ends = [line.get_xdata() for line in axes.lines][:2]
    assert ends[0] == pytest.approx([0.108, 0.132]) and ends[1] == pytest.approx([0.12 + 0.054, 0.12 + 0.066])


def test_money_is_drawn_in_its_units():
    figure = PICTURES["money"]()
    said = words_in(figure)
    assert "$m a month" in said and "pledged" in said and "paid on schedule" in said
    assert len(figure.axes) == 4 and all(len(axes.lines) == 2 for axes in figure.axes[:2])


# -- which form -------------------------------------------------------------------------------------------


def test_the_best_form_is_marked_only_where_that_is_clear():
    axes = figures.best_heatmap(BEST, "relapse_5_years")
    cells = {text.get_position(): text.get_text() for text in axes.texts if "%\n(" in text.get_text()}
    assert cells[0, 0] == "10 %\n(6-16)\n★ best"
    assert sum("★" in words for words in cells.values()) == 1
    assert {place for place, words in cells.items() if "○" in words} == {(1, 0), (1, 2)}
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == ["calm", "harsh\ntoo close to call"]


def test_situations_with_long_names_can_be_told_apart():
    names = {"calm": "coexistence-fragile_ceasefire", "harsh": "coexistence-humanitarian_agencies_16"}
    axes = figures.best_heatmap(BEST.assign(scenario=BEST["scenario"].map(names)), "relapse_5_years")
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == [
        "coexistence\n+ fragile ceasefire",
        "coexistence\n+ humanitarian agencies 16\ntoo close to call",
    ]


def test_situations_can_be_called_by_their_titles():
    axes = figures.best_heatmap(BEST, "relapse_5_years", titles={"calm": "Post-crisis"})
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "Post-crisis",
        "harsh\ntoo close to call",
    ]


def test_ticks_of_shares_are_told_in_full():
    axis = sheet(4, 3).subplots().xaxis
    percentages(axis)
    told = [axis.get_major_formatter()(share) for share in (0, 0.35, 0.6525, 1)]
    assert told == ["0 %", "35 %", "65.25 %", "100 %"]


def test_robustness_ranks_by_regret():
    figure = PICTURES["robustness"]()
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "full",
        "mix of 2007",
        "no mission",
    ]
    assert [place for place, _ in marks_of(figure.axes[1])] == [0.02, 0.1, 0.3]
    without = figures.robustness_dots(ROBUST[ROBUST["measure"] != "satisficing"], "relapse_5_years")
    assert len(figure.axes) == 3 and len(without.axes) == 2
    assert "5 situations, 500 worlds of a form" in words_in(figure)


def test_the_front_is_told_from_the_rest_and_carries_its_probability():
    axes = figures.trade_off(FRONT)
    assert "full: 97 %" in words_in(axes) and "pooled: 10 %" in words_in(axes)
    filled = {line.get_label().split("  ")[1]: line.get_markerfacecolor() != "white"
              for line in axes.lines if line.get_marker() != "None"}  # fmt: skip
    assert filled == {
        "full: 97 %": True,
        "mix of 2007: 80 %": True,
        "no mission: 100 %": True,
        "pooled: 10 %": False,
    }
    assert "$m a year" in axes.get_ylabel() and "less is better" in axes.get_xlabel()


# -- what it depends on -----------------------------------------------------------------------------------


def test_sobol_bars_are_ordered_and_say_how_much_is_luck():
    axes = figures.sobol_bars(SOBOL, "need_met")
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["situation.hostility", "integration.tactical", "mandate.troops"]
    assert widths_of(axes) == pytest.approx([0.42, 0.1, -0.01, 0.6, 0.3, 0.02])
    assert "64 samples" in words_in(axes) and "about 5 %" in words_in(axes)


def test_every_part_of_the_spread_has_its_interval():
    said = words_in(figures.variance_bars(SHARES))
    for words in (
        "luck\n55 % (48–61)",
        "form 8 % (5–12)",
        "luck × form 4 % (1–6)",
        "situation × form 0 % (0–1)",
    ):
        assert words in said
    axes = figures.variance_bars(SHARES)
    assert sum(widths_of(axes)) == pytest.approx(1)


def test_the_strip_puts_interactions_together():
    said = words_in(PICTURES["strip"]())
    assert "several together" in said and "17 %" in said and "×" not in said


def test_boxes_stand_in_the_range_of_their_axes():
    figure = figures.box_limits(
        BOXES, "relapse_5_years", ranges={"situation.hostility": (0, 1), "mandate.troops": (0, 10)}
    )
    second = figure.axes[1]
    blue = [bar for bar in second.patches if to_hex(bar.get_facecolor()) == "#0072b2"]
    assert (blue[0].get_x(), blue[0].get_width()) == pytest.approx((0.2, 0.6))
    said = words_in(figure)
    for words in (
        "above 0.6",
        "only earmarked",
        "above 2, up to 8",
        "Box 2",
        "not clearer than chance",
        "25 % everywhere",
    ):
        assert words in said


# -- little, much, and nothing ----------------------------------------------------------------------------


def test_thirty_forms_are_counted_not_squeezed_in():
    many = joined(*(curve(form, 0.01, months=24) for form in MANY))
    axes = figures.survival_curves(many)
    assert len(axes.lines) == 7 and "the first 7 of 30 forms" in words_in(axes)
    rows = joined(*(DIFFERENCES.head(1).assign(reference=form) for form in MANY))
    assert "the first 24 of 30 differences" in words_in(figures.forest(rows))
    cells = joined(*(BEST.head(1).assign(form=form) for form in MANY))
    assert "the first 24 of 30 forms" in words_in(figures.best_heatmap(cells, "need_met"))
    months = joined(*(monthly().query("form == 'full'").assign(form=form) for form in MANY))
    assert "the first 4 of 30 forms" in words_in(figures.money_flows(months))


@pytest.mark.parametrize(
    ("relapse", "worlds", "forms"),
    [(0, 1, ["only"]), (0, 6, ["one", "other"]), (1, 1, ["a", "b"]), (1, 6, ["a"])],
)
def test_few_worlds_and_no_or_every_relapse_make_a_sensible_picture(relapse, worlds, forms):
    rows = [(form, luck, 0, 10.0 + luck if relapse else NAN, NAN, float(relapse), 0.1 * luck)
            for form in forms for luck in range(worlds)]  # fmt: skip
    lived = table("form replicate peace_month relapse_month exit_month relapse_5_years need_met", *rows)
    lived["situation"] = "here"
    for drawn in (
        figures.survival_curves(analysis.survival(lived, 60)),
        figures.ends_over_time(analysis.competing_ends(lived, 60)),
        figures.hazards(analysis.hazard_by_period(lived, 60)),
        figures.best_heatmap(analysis.best_by_situation(lived, "need_met", "situation"), "need_met"),
        figures.robustness_dots(analysis.robustness(lived, "need_met", "situation", resamples=5), "need_met"),
        figures.trade_off(analysis.trade_off_front(lived, ["relapse_5_years", "need_met"], resamples=5)),
    ):
        assert "nan" not in words_in(sign(drawn, "source")).lower()


def test_where_nothing_can_be_shown_the_picture_says_why():
    nowhere = curves().assign(at_peace=NAN, low=NAN, high=NAN, at_risk=0)
    assert "never at peace" in words_in(figures.survival_curves(nowhere))
    assert "no world came to peace" in words_in(figures.hazards(HAZARDS.assign(hazard=NAN)))
    assert "no other form" in words_in(figures.forest(pd.DataFrame()))
    assert "no part of the space stands out" in words_in(figures.box_limits(BOXES.head(0), "relapse_5_years"))
    assert "no money was watched" in words_in(figures.money_flows(monthly().head(0)))
    assert "not watched" in words_in(figures.lines_over_months(monthly().head(0), "need_met"))
    assert "no two worlds differ" in words_in(
        figures.variance_bars(SHARES.assign(share=NAN, low=NAN, high=NAN))
    )
    assert "the same at all points" in words_in(
        figures.sobol_bars(SOBOL.assign(value=NAN, low=NAN, high=NAN), "need_met")
    )
    undefined = FRONT.assign(mean=NAN, low=NAN, high=NAN)
    assert "never defined together" in words_in(figures.trade_off(undefined))
