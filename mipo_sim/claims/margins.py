"""The smallest effect that matters, for every outcome that a study reads.

An effect known to be smaller counts as none, however many worlds tell it from zero. The values are
judgements about what somebody who runs or pays for a mission would act on, made before the studies ran.
"""

# fmt: off
MATTERS: dict[str, tuple[float, str]] = {
    # share of worlds
    "relapse": (0.05, "one country in twenty"),
    # share of months, of people, of need
    "war_share": (0.02, "a week of war a year"),
    "need_met": (0.01, "one in a hundred who need help"),
    "need_met_relief": (0.01, "one in a hundred who need help"),
    "need_met_justice": (0.01, "one in a hundred who need help"),
    "need_met_after": (0.01, "one in a hundred who need help"),
    "inequality": (0.01, "one point of Gini, what income surveys just tell apart"),
    "harm": (0.01, "one civilian in a hundred"),
    "harm_by_soldiers": (0.01, "one civilian in a hundred"),
    "humanitarian_access": (0.02, "one place in fifty"),
    # share of work and of time
    "overhead_coordination": (0.01, "a working day in a hundred"),
    "overhead_rivalry": (0.01, "a working day in a hundred"),
    "overhead_waiting": (0.01, "a working day in a hundred"),
    "political_time": (0.02, "half a day a month"),
    "duplication": (0.01, "a hundredth of the work done twice"),
    "fit": (0.01, "a hundredth of the work in another place"),
    "real_depth": (0.03, "a tenth of the step between two neighbouring forms"),
    # share on a scale that people answer, or that experts score
    "trust": (0.02, "the error of a good survey"),
    "grievance": (0.02, "the error of a good survey"),
    "settlement": (0.02, "a fiftieth of the way from no deal to a full one"),
    "local_capacity": (0.02, "a fiftieth of full capacity"),
    "state_capacity": (0.01, "what an able state gains in some months"),
    "armed_strength": (0.02, "a fiftieth of full strength"),
    # months
    "plan_age": (0.5, "two weeks"),
    "decision_delay": (0.5, "two weeks"),
}

# Outcomes that no study of a claim reads but the trainers' page tells; set later, in the same spirit.
ALSO_TOLD: dict[str, tuple[float, str]] = {
    "relapse_5_years": (0.05, "one country in twenty"),
    "durable_peace": (0.05, "one country in twenty"),
    "overhead": (0.01, "a working day in a hundred"),
    "confidence": (0.02, "the error of a good survey"),
    "cost": (10, "$10m a year: about a hundredth of what a large mission costs"),
}
