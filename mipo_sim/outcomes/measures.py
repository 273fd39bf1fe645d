"""The monthly series and the outcomes of a world: name, unit, which way is better, plain words."""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["less", "more", "neither"]
CAUSES = ("coordination", "reporting", "waiting", "rivalry")  # of staff time that is lost to the work
#: The outcome that answers are about where none is asked for.
HEADLINE = "relapse_5_years"


@dataclass(frozen=True)
class Measure:
    """Something that is measured.

    Attributes
    ----------
    name : str
        Column name.
    unit : str
        Unit of measurement.
    better : {"less", "more", "neither"}
        Which way is better.
    label : str
        Plain words.
    """

    name: str
    unit: str
    better: Direction
    label: str

    @property
    def counted(self) -> bool:
        """Whether it happens in a world or does not, 0 or 1, so that worlds are counted."""
        return self.unit == "0 or 1"

    @property
    def in_per_cent(self) -> bool:
        """Whether people read it in per cent: a share, or how often something happens."""
        return self.counted or self.unit == "share"


SERIES: tuple[Measure, ...] = (
    Measure("violence", "share", "less", "Violence"),
    Measure("need_met", "share", "more", "Need met"),
    Measure("need_met_security", "share", "more", "Security need met"),
    Measure("need_met_relief", "share", "more", "Relief need met"),
    Measure("need_met_justice", "share", "more", "Justice need met"),
    Measure("need_met_livelihoods", "share", "more", "Livelihoods need met"),
    Measure("need_met_reintegration", "share", "more", "Reintegration need met"),
    Measure("inequality", "Gini", "less", "Inequality of need met between communities"),
    Measure("duplication", "share", "less", "Outside work beyond need"),
    Measure("fit", "share", "more", "Overlap of outside work with need"),
    Measure("staff", "person-months", "neither", "Filled posts"),
    Measure("in_coordination", "person-months", "less", "Staff time in coordination"),
    Measure("in_reporting", "person-months", "less", "Staff time reporting to donors"),
    Measure("in_waiting", "person-months", "less", "Staff time waiting for clearance"),
    Measure("in_rivalry", "person-months", "less", "Staff time in rivalry"),
    Measure("plan_age", "months", "less", "Age of the joint plan"),
    Measure("decision_delay", "months", "less", "Delay of joint decisions"),
    Measure("trust", "share", "more", "Trust in the mission and the agencies"),
    Measure("confidence", "share", "more", "Confidence in the state"),
    Measure("grievance", "share", "less", "Grievance"),
    Measure("local_capacity", "share", "more", "Capacity of local bodies"),
    Measure("state_capacity", "share", "more", "Capacity of the state"),
    Measure("settlement", "share", "more", "Political settlement"),
    Measure("political_time", "share", "more", "Leaders' time for politics"),
    Measure("humanitarian_access", "share", "more", "Humanitarian access"),
    Measure("staff_attacked", "staff a month", "less", "Staff attacked"),
    Measure("harm", "share", "less", "Civilians harmed"),
    Measure("harm_by_soldiers", "share", "less", "Civilians harmed by unpaid soldiers"),
    Measure("presence", "share", "neither", "Mission in the field"),
    Measure("troops", "thousand", "neither", "Effective troops"),
    Measure("posts_filled", "share", "more", "Posts filled"),
    Measure("money_pledged", "$m a month", "neither", "Voluntary money pledged"),
    Measure("money_paid", "$m a month", "neither", "Voluntary money paid out"),
    Measure("money_on_time", "share", "more", "Voluntary money paid on schedule"),
    Measure("cost", "$m a month", "less", "Money spent"),
    Measure("alarms", "share", "neither", "Early warnings sounding"),
    Measure("armed_strength", "share", "less", "Armed strength of groups"),
    Measure("real_depth", "share", "neither", "Integration that is practised"),
    Measure("formal_depth", "share", "neither", "Integration on paper"),
)

OUTCOMES: tuple[Measure, ...] = (
    Measure("relapse", "0 or 1", "less", "Relapse into war within the run"),
    Measure("relapse_month", "month", "more", "Month of relapse"),
    Measure("relapse_2_years", "0 or 1", "less", "Relapse within 2 years"),
    Measure("relapse_5_years", "0 or 1", "less", "Relapse within 5 years"),
    Measure("relapse_10_years", "0 or 1", "less", "Relapse within 10 years"),
    Measure("peace_month", "month", "less", "Month from which peace is counted"),
    Measure("war_share", "share", "less", "Share of months at war"),
    Measure("durable_peace", "0 or 1", "more", "No relapse, and services held to the end"),
    Measure("overhead", "share", "less", "Staff time not left for the work"),
    Measure("overhead_coordination", "share", "less", "- in coordination"),
    Measure("overhead_reporting", "share", "less", "- reporting to donors"),
    Measure("overhead_waiting", "share", "less", "- waiting for clearance"),
    Measure("overhead_rivalry", "share", "less", "- in rivalry over shared money"),
    Measure("duplication", "share", "less", "Outside work beyond need"),
    Measure("need_met", "share", "more", "Need met"),
    Measure("need_met_relief", "share", "more", "Relief need met"),
    Measure("need_met_after", "share", "more", "Need met after the mission"),
    Measure("sector_gap", "share", "less", "Best against worst covered sector"),
    Measure("inequality", "Gini", "less", "Inequality of need met between communities"),
    Measure("fit", "share", "more", "Overlap of outside work with need"),
    Measure("plan_age", "months", "less", "Age of the joint plan"),
    Measure("decision_delay", "months", "less", "Delay of joint decisions"),
    Measure("trust", "share", "more", "Trust in the mission and the agencies"),
    Measure("confidence", "share", "more", "Confidence in the state"),
    Measure("grievance", "share", "less", "Grievance"),
    Measure("ownership", "share", "more", "Capacity of local bodies at exit or end"),
    Measure("ownership_later", "share", "more", "Capacity of local bodies two years later"),
    Measure("local_capacity", "share", "more", "Capacity of local bodies at the end"),
    Measure("state_capacity", "share", "more", "Capacity of the state at the end"),
    Measure("settlement", "share", "more", "Political settlement"),
    Measure("humanitarian_access", "share", "more", "Humanitarian access"),
    Measure("staff_attacked", "staff", "less", "Staff attacked"),
    Measure("harm", "share", "less", "Civilians harmed"),
    Measure("harm_by_soldiers", "share", "less", "Civilians harmed by unpaid soldiers"),
    Measure("first_dividend", "months", "less", "Months to the first peace dividend"),
    Measure("exit_month", "month", "neither", "Month in which the draw-down was decided"),
    Measure("money_on_time", "share", "more", "Voluntary money paid on schedule"),
    Measure("money_gap", "share", "less", "Pledged money not yet paid out"),
    Measure("cost", "$m a year", "less", "Money spent a year"),
    Measure("cost_per_need", "$m a year per point of need met", "less", "Cost of a point of need met"),
    Measure("political_time", "share", "more", "Leaders' time for politics"),
    Measure("real_depth", "share", "neither", "Integration that is practised"),
    Measure("breaches_effort", "times", "less", "Times that work did not add up (a fault of the model)"),
    Measure("breaches_money", "times", "less", "Times that money did not add up (a fault of the model)"),
    Measure("breaches_bounds", "times", "less", "Times that a state broke its bounds (a fault of the model)"),
)
