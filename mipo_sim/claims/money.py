"""Claims C. Money."""

from mipo_sim.claims.declaration import Claim, claim, probe

# fmt: off
CLAIMS: tuple[Claim, ...] = (
    claim("C1", "O s, J 4", "Earmarks and donors' priorities undermine coherence.",
        "tied money goes to the donor's sectors and favourite districts, and every grant wants its report",
        "agencies.py:Agency.read_strings agencies.py:Agency.choose_sectors "
        "programmes.py:Programme.choose_districts agencies.py:Agency.spend_time",
        "funding.earmarked funding.softly_earmarked money.agenda_spread coordination.grant_reporting",
        probe("money.agenda_spread 0 > 3", "agencies.CountryTeamAgency.strings_sector other"),
        probe("funding.softly_earmarked 0, funding.earmarked 0 > 0.84",
               "agencies.CountryTeamAgency.sector_share other, programmes.district_share other, "
               "agencies.CountryTeamAgency.reporting more"),
        probe("funding.earmarked 0, funding.softly_earmarked 0 > 0.84",
               "agencies.CountryTeamAgency.sector_share other, agencies.CountryTeamAgency.reporting more")),
    claim("C2", "O s", "Dues pay some parts, gifts the rest; leaders lose time, peacebuilding goes unpaid.",
        "dues pay posts and troops; work beyond their breadth waits for money that leaders raise",
        "agencies.py:MissionComponent.keep_staff donors.py:AssessedContributions.pledge "
        "leadership.py:SeniorTeam.divide_time",
        "funding.assessed_breadth mandate.posts money.appeal_yield money.programme_cost",
        probe("mandate.posts 500 > 3000", "donors.AssessedContributions.pledged more"),
        probe("funding.assessed_breadth 1 > 0",
               "agencies.MissionComponent.work_money less, team.fundraising_time more, "
               "team.political_time less")),
    claim("C3", "O s", "Funding should be predictable.",
        "pledges swing, attention fades and payment lags; firm promises damp all three",
        "donors.py:Donor.turn donors.py:Donor.pledge donors.py:Donor.disburse agencies.py:Agency.keep_staff",
        "funding.predictable money.volatility money.lag_months money.late_attention",
        probe("funding.predictable 0 > 1",
               "series.money_on_time more, donors.attention other, donors.pledged other, "
               "agencies.staff other")),
    claim("C4", "J s, J 6, O s", "Funding processes should be integrated, funds pooled.",
        "a pot pays by the joint plan, as far as that plan is really joint",
        "donors.py:PooledFund.disburse agencies.py:Agency.claim_pool agencies.py:Agency.choose_sectors",
        "funding.pooled integration.strategic planning.half_quality",
        probe("funding.earmarked 0, funding.pooled 0 > 0.5",
               "donors.PooledFund.disbursed more, agencies.received other, "
               "agencies.CountryTeamAgency.sector_share other"),
        probe("funding.earmarked 0, funding.pooled 0.5, integration.strategic 0 > 1",
               "agencies.CountryTeamAgency.pool_share other")),
    claim("C5", "O s", "Mandates and resources should match.",
        "aligned money narrows the unpaid part of a mandate and moves agendas to need; its tasks share posts",
        "headquarters.py:Headquarters.unfunded_work agencies.py:MissionComponent.keep_staff "
        "donors.py:Donor.reconsider agencies.py:Agency.read_strings",
        "funding.aligned mandate.posts money.aligning_rate",
        probe("funding.aligned 0 > 1",
               "agencies.MissionComponent.work_money more, donors.agenda other, agencies.agreement other"),
        probe("mandate.posts 500 > 3000", "agencies.MissionComponent.staff more")),
    claim("C6", "O s", "A body that convenes donors could align them.",
        "convening draws agendas toward the joint plan and favourite places toward need, at a rate",
        "donors.py:Donor.reconsider",
        "funding.convening money.convening_rate",
        probe("funding.convening 0 > 1", "donors.agenda other, donors.favour other", 12)),
    claim("C7", "J 2, J 4, J 5", "Donors and bilateral programmes pursue their own interests in parallel.",
        "agendas differ; bilateral programmes stay outside the plan and train forces by their own doctrine",
        "donors.py:Donor.begin agencies.py:BilateralProgramme.join agencies.py:Agency.be_paid "
        "government.py:Government.train_forces",
        "funding.bilateral partners.outsiders_join money.agenda_spread capacity.rival_training",
        probe("funding.bilateral 0 > 0.6",
               "agencies.BilateralProgramme.staff more, government.rival_training more"),
        probe("partners.outsiders_join 0 > 1",
               "agencies.BilateralProgramme.joined more, government.rival_training less")),
    claim("C8", "O s, J s", "Quick impact projects please, or add stress if badly planned.",
        "small fast money reaches some; the needier passed over resent it, more so where tension is high",
        "communities.py:Community.get_quick_projects communities.py:Community.judge",
        "quick_impact.budget quick_impact.planning reception.envy reception.quick_effect",
        probe("quick_impact.budget 0 > 1", "communities.trust other"),
        probe("quick_impact.budget 1, quick_impact.planning 0 > 1",
               "communities.passed_over less, communities.trust other"),
        probe("quick_impact.budget 1, quick_impact.planning 0, reception.envy 0 > 10",
               "communities.grievance more")),
    claim("C9", "J 6", "Those with resources have power over those without.",
        "the joint plan hears money's voice beside need",
        "forum.py:Forum.plan_sectors donors.py:Donor.common_agenda",
        "integration.money_voice",
        probe("integration.money_voice 0 > 1", "forum.sector_plan other")),
)
