"""A month, in order: thirteen phases, each a list of who does what.

Every entry names a kind of actor and one of its behaviours; the rule itself is in the file named
after the actor. The order of agents within a behaviour does not matter (see `ensemble/actor.py`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One phase of a month.

    Attributes
    ----------
    name : str
        Name of the phase.
    acts : tuple of str
        `"kind.behaviour"` in order; the kinds are attributes of the model.
    at_planning : bool
        Whether it happens in the first month of each planning interval only.
    """

    name: str
    acts: tuple[str, ...]
    at_planning: bool = False


MONTH = (
    Phase(
        "world turns",
        (
            "government.turn",
            "districts.turn",
            "neighbours.turn",
            "neighbours.spill_over",
            "donors.turn",
            "communities.feel_need",
        ),
    ),
    Phase("signals", ("districts.watch", "districts.act_on_alarm")),
    Phase("politics", ("team.press", "government.bargain")),
    Phase(
        "headquarters and leaders",
        (
            "headquarters.open_mission",
            "headquarters.fill_posts",
            "leaders.rotate",
            "leaders.stand",
            "team.bond",
            "team.divide_time",
            "team.arbitrate",
            "team.form_up",
            "team.fit_form_to_function",
            "headquarters.review_mandate",
        ),
    ),
    Phase(
        "money",
        (
            "donors.pledge",
            "donors.disburse",
            "donors.reconsider",
            "agencies.be_paid",
            "agencies.keep_staff",
            "audit.check_money",
        ),
    ),
    Phase(
        "plans",
        (
            "forum.assess",
            "forum.plan_sectors",
            "forum.plan_districts",
            "forum.plan_places",
            "agencies.claim_pool",
            "agencies.read_strings",
            "agencies.wish",
            "agencies.choose_sectors",
            "programmes.choose_districts",
            "programmes.choose_places",
            "communities.be_chosen",
            "forum.gather_habits",
            "forum.count_partners",
            "programmes.meet",
            "agencies.meet",
            "communities.get_quick_projects",
        ),
        at_planning=True,
    ),
    Phase(
        "coordination",
        (
            "agencies.train",
            "agencies.learn",
            "agencies.join",
            "agencies.integrate",
            "agencies.spend_time",
            "forum.weigh_clashes",
        ),
    ),
    Phase(
        "delivery and access",
        (
            "force.deploy",
            "force.muster",
            "districts.guard",
            "agencies.be_seen",
            "agencies.seek_access",
            "programmes.work",
            "forum.collect_effort",
            "communities.receive",
        ),
    ),
    Phase("reception", ("communities.judge", "communities.grieve", "communities.trust_the_state")),
    Phase(
        "capacity and pay",
        (
            "communities.learn_to_serve",
            "government.build",
            "government.collect",
            "government.train_forces",
            "government.pay",
        ),
    ),
    Phase(
        "mobilisation and violence",
        (
            "armed_groups.weigh",
            "armed_groups.mobilise",
            "armed_groups.fight",
            "armed_groups.tire",
            "armed_groups.cool_or_harden",
            "armed_groups.trade",
            "armed_groups.recruit_and_disarm",
            "communities.feel_pressure",
            "communities.suffer",
            "districts.face_threat",
        ),
    ),
    Phase("exit", ("headquarters.decide_exit", "headquarters.draw_down")),
    Phase(
        "record",
        (
            "districts.take_stock",
            "government.take_stock",
            "forum.take_stock",
            "recorder.record",
            "audit.check_work",
            "audit.check_bounds",
        ),
    ),
)
