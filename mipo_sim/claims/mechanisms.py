"""Mechanisms by name, and how each is switched off: what carries an effect is found by doing without it.

Most are switched off by parameters that say how actors behave, at the value where the mechanism does
nothing; a few by leaving out an act, or undoing what it wrote. Forms of mission are never touched, so that
what remains of an effect is what the form does by other ways. The list is the same for every study.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mechanism:
    """A rule, or a few that belong together, and how to do without.

    Attributes
    ----------
    name : str
        A short name.
    does : str
        What it does, in a phrase.
    off : mapping of str to float
        Parameters of behaviour, at the values where it does nothing.
    without : tuple of str
        Acts left out, as `kind.behaviour` of `mipo_sim.month`.
    undone : mapping of str to str
        States set to nothing right after the act that writes them.
    """

    name: str
    does: str
    off: Mapping[str, float] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    undone: Mapping[str, str] = field(default_factory=dict)


def _zero(*names: str) -> dict[str, float]:
    return dict.fromkeys(names, 0.0)


# fmt: off
MECHANISMS: tuple[Mechanism, ...] = (
    # Integration and its price
    Mechanism("joint decisions", "what is integrated in practice changes sectors, districts and places",
        undone={"agencies.integrate": "agencies.depth"}),
    Mechanism("meetings", "joint forms take staff time",
        _zero("coordination.meeting", "coordination.sharing", "coordination.form_change",
              "coordination.compact_set_up", "coordination.courses")),
    Mechanism("arbitration queue", "clashes wait for leaders, and plans grow old meanwhile",
        _zero("team.clashes")),
    Mechanism("clearance", "headquarters clears decisions, and staff wait",
        _zero("coordination.clearance", "coordination.waiting", "team.headquarters_load")),
    Mechanism("rivalry and infighting", "shared money takes time, waiting clashes wear on the team",
        _zero("coordination.rivalry", "team.infighting")),
    Mechanism("habit", "agencies go where they have always gone",
        _zero("planning.habit", "planning.district_habit")),
    Mechanism("error of the assessment", "the joint plan misreads need",
        _zero("information.error")),
    Mechanism("age of plans", "joint plans lag behind need",
        _zero("team.base_age", "reception.need_volatility")),
    # Leaders and headquarters
    Mechanism("load on leaders", "hats, overlap, fund-raising and clashes take leaders' time from politics",
        _zero("team.hat_load", "team.overlap_load", "team.fundraising_load", "team.arbitration_load")),
    Mechanism("slow recruitment", "posts fill over months",
        {"headquarters.months_to_fill": 1, "headquarters.months_saved": 0, "headquarters.turnover": 0}),
    Mechanism("pressure on the parties", "leaders press the parties to settle",
        _zero("politics.push", "politics.mediators")),
    # Money
    Mechanism("donors' wishes", "tied money goes to the sectors and districts that donors like",
        _zero("money.agenda_spread", "money.capital_pull", "money.district_strings")),
    Mechanism("reporting", "grants and dues want their reports",
        _zero("coordination.reporting", "coordination.grant_reporting", "coordination.assessed_reporting")),
    Mechanism("swings and delays of money", "giving swings, attention fades, payment lags",
        {"money.volatility": 0, "money.on_schedule": 1, "money.first_attention": 1,
         "money.late_attention": 1, "money.pool_months": 1}),
    # Delivery and reception
    Mechanism("closed roads", "fighting closes roads to those taken for part of the force",
        _zero("delivery.access_loss")),
    Mechanism("perceived association", "humanitarians who join are taken for part of the force",
        _zero("delivery.humanitarian_distance")),
    Mechanism("interlock of sectors", "work without security is looted, police without courts idle",
        _zero("delivery.interlock", "delivery.courts_for_police")),
    Mechanism("reach of civil society", "partners on the spot open remote places, know, and widen the talks",
        _zero("delivery.civil_society_reach", "information.civil_society_ear",
              "politics.civil_society_effect")),
    Mechanism("slow work through local bodies", "weak local bodies and teaching slow the work",
        _zero("delivery.ownership_delay", "delivery.teaching_time")),
    Mechanism("trust", "trust opens roads and soothes",
        _zero("delivery.distrust_loss", "reception.trust_soothes")),
    Mechanism("expectations", "promises raise what help is judged against",
        _zero("reception.promise")),
    Mechanism("quick projects", "small fast money pleases those it reaches",
        _zero("reception.quick_effect")),
    Mechanism("being passed over", "those whom quick projects pass over resent it",
        _zero("reception.envy")),
    # State and local bodies
    Mechanism("learning to serve", "local bodies learn by doing, teaching and handover",
        _zero("capacity.by_doing", "capacity.by_teaching", "capacity.by_handover")),
    Mechanism("drain", "work that bypasses the state hires its people away",
        _zero("capacity.drain")),
    Mechanism("services of state and local bodies", "state and local bodies meet need by themselves",
        _zero("capacity.local_services", "capacity.state_services")),
    Mechanism("soldiers who prey", "unpaid soldiers live off villages, and some go over",
        _zero("capacity.predation")),
    # Violence
    Mechanism("deterrence", "troops make fighting dear",
        _zero("conflict.deterrence_bite")),
    Mechanism("losses of force", "caveats, loose links and loose control hold troops back",
        _zero("force.caveats", "force.unlinked_loss", "force.control_loss", "force.regional_gap")),
    Mechanism("safety from troops", "troops make people safe",
        _zero("delivery.troops_secure", "conflict.protection")),
    Mechanism("hold of a settlement", "a settlement binds groups, cools them and soothes people",
        _zero("politics.settlement_bite", "conflict.settlement_cooling", "reception.deal_soothes")),
    Mechanism("grievance", "grievance feeds the will to fight and brings recruits",
        _zero("conflict.grievance_bite", "conflict.recruitment")),
    Mechanism("resentment of inequality", "districts served worse than others resent it",
        _zero("reception.inequality", "reception.old_wrongs")),
    Mechanism("ways out of fighting", "work and reintegration draw fighters home and keep recruits away",
        _zero("conflict.reintegration", "conflict.livelihoods", "conflict.work_on_recruits")),
    Mechanism("spoilers", "groups that no deal can satisfy fight its advance, loot pays for some",
        _zero("conflict.spoiling", "conflict.loot")),
    Mechanism("spill-over", "a neighbour's war sends arms, violence and refugees",
        _zero("conflict.border_arms", "conflict.border_violence", "reception.refugees")),
    Mechanism("answers to warnings", "reserve and mediators go where alarms are acted on",
        without=("districts.act_on_alarm",)),
)
