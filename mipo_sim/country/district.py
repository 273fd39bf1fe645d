"""A district: what the communities of one place share, where warning signs show, where troops stand."""

import numpy as np

from mipo_sim.ensemble import Actor, State, covered, logistic, total

# Draws of a district and month: its fortune, five needs, the noise in its warnings.
LUCK = 7
FORTUNE, NEEDS, NOISE = 0, slice(1, 6), 6
EFFORT = "person-months a month per 100,000 people"


class District(Actor):
    """A place with its own luck, its own fighting and its own warning signs."""

    shock = State(unit="standard deviations", doc="Political fortune of the district; lasts for months.")
    need_shock = State(axes=("sector",), unit="standard deviations", doc="Drift of need in the district.")
    violence = State(low=0, high=1, unit="share", doc="People-weighted violence in its communities.")
    grievance = State(low=0, high=1, unit="share", doc="People-weighted grievance in its communities.")
    viewed = State(axes=("sector",), low=0, unit=EFFORT, doc="Need as seen on the spot.")
    believed = State(axes=("sector",), low=0, unit=EFFORT, doc="Need by the joint assessment.")
    noted = State(axes=("sector",), low=0, unit=EFFORT, doc="Work known to all, by report.")
    need = State(axes=("sector",), low=0, unit=EFFORT, doc="Need of its people.")
    met = State(axes=("sector",), low=0, unit=EFFORT, doc="The part of it that is met.")
    aid = State(axes=("sector",), low=0, unit=EFFORT, doc="Outsiders' work for it.")
    coverage = State(axes=("sector",), low=0, high=1, unit="share", doc="Share of need met.")
    threat = State(low=0, high=1, unit="share", doc="Armed will to fight here that is about to show.")
    usual_threat = State(low=0, high=1, unit="share", doc="The threat of the last months; what is no news.")
    alarm = State(low=0, high=1, unit="share", doc="How loudly early warning sounds.")
    response = State(low=0, high=1, unit="share", doc="How far reserve and mediators act on the alarm.")
    troops = State(low=0, unit="troops per 1,000 people", doc="Effective peacekeepers in the district.")
    deterrence = State(low=0, high=1, unit="share", doc="Dissuasion by the peacekeepers present.")

    def turn(self) -> None:
        """Political fortune and needs drift, each with months-long memory."""
        memory = self.p.conflict.shock_memory
        luck = self.month_luck("district", each=LUCK)
        self.shock = memory * self.shock + np.sqrt(1 - memory * memory) * luck[..., FORTUNE, :]
        memory = self.p.reception.need_memory
        self.need_shock = memory * self.need_shock + np.sqrt(1 - memory * memory) * luck[..., NEEDS, :]

    def watch(self) -> None:
        """Early warning reads what rises through noise: it can miss, and it can cry wolf (E9, F5).

        Regional organs add ears of their own; people who trust the mission tell it what they know.
        """
        signals, partners = self.p.signals, self.p.partners
        told = signals.told * (partners.civil_society * self.model.government.trust)
        linked = signals.unlinked_ears + (1 - signals.unlinked_ears) * partners.interlock
        region = partners.regional_warning * linked
        blind = (1 - self.p.early_warning.coverage) * (1 - region) * (1 - told)
        noise = self.month_luck("district", each=LUCK)[..., NOISE, :]
        rising = np.maximum(self.threat - self.usual_threat, 0)
        self.usual_threat += (self.threat - self.usual_threat) / signals.usual_months
        signal = signals.level * self.threat + signals.rise * rising
        signal = signal + blind * signals.noise * noise
        self.alarm = (1 - blind) * logistic((signal - signals.threshold) / signals.sharpness)

    def act_on_alarm(self) -> None:
        """Act at once where the field may decide, months later where headquarters must (B4, E9)."""
        wait = 1 + self.p.signals.clearance_months * (1 - self.p.mandate.delegation)
        able = self.p.early_warning.response * self.model.headquarters.presence
        self.response += (able * self.alarm - self.response) / wait

    def guard(self) -> None:
        """Spread troops over the people, send the reserve where alarms are acted on, and deter (E2)."""
        model, conflict = self.model, self.p.conflict
        reserve, floor = self.p.signals.reserve, self.p.signals.reserve_floor
        alarms = model.country.national_mean(model.districts.response)
        here = 1 - reserve + reserve * (self.response + floor) / (alarms + floor)
        self.troops = here * model.force.per_thousand()
        commander = conflict.commander_floor + (1 - conflict.commander_floor) * model.leaders.strength[3]
        ready = conflict.peaceful_might + (1 - conflict.peaceful_might) * self.p.mandate.use_of_force
        might = self.troops * commander * ready
        self.deterrence = might / (might + conflict.troops_half)

    def face_threat(self) -> None:
        """What the armed groups are about to do here: strength at home that is minded to come out."""
        groups = self.model.armed_groups
        about = total(groups.strength[:, None] * groups.home * groups.intent, axis=0)
        self.threat = (1 - np.exp(-about))[self.rows]

    def take_stock(self) -> None:
        """What the people of the district live through, as means over them."""
        country, people = self.model.country, self.model.communities
        self.violence = country.district_mean(people.violence)[self.rows]
        self.grievance = country.district_mean(people.grievance)[self.rows]
        self.need = country.district_mean(people.need)[self.rows]
        self.met = country.district_mean(people.need * people.coverage)[self.rows]
        self.aid = country.district_mean(people.aid)[self.rows]
        self.coverage = covered(self.met, self.need)
