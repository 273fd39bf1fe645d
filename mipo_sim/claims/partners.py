"""Claims F. Regional partners."""

from mipo_sim.claims.declaration import Claim, claim, probe

# fmt: off
CLAIMS: tuple[Claim, ...] = (
    claim("F1", "J s, J 1, J 6", "United Nations, African Union and regional bodies need to interlock.",
        "regional body, brigade, mediators and warning act with the mission as far as systems interlock",
        "agencies.py:RegionalBody.join force.py:RegionalBrigade.muster leadership.py:SeniorTeam.press "
        "country/district.py:District.watch",
        "partners.interlock force.unlinked_loss",
        probe("partners.interlock 0 > 1",
               "agencies.RegionalBody.joined more, force.RegionalBrigade.effective more, "
               "force.Contingents.effective same, team.pressure more, districts.alarm other")),
    claim("F2", "J 5", "Regional organisations rather than single states should send troops.",
        "single states bring caveats each, a brigade has one line",
        "force.py:Contingents.muster force.py:RegionalBrigade.muster",
        "partners.regional_troops force.caveats",
        probe("partners.regional_troops 0 > 1",
               "force.RegionalBrigade.effective more, force.Contingents.effective less"),
        probe("force.caveats 0 > 0.8",
               "force.Contingents.effective less, force.RegionalBrigade.effective same")),
    claim("F3", "J 5", "Regional forces lack capability, training and logistics.",
        "capability, lift and stores scale what a brigade can do and how soon",
        "force.py:RegionalBrigade.muster force.py:Force.deploy",
        "partners.regional_capability force.regional_gap mandate.logistics_gap",
        probe("partners.regional_capability 0.1 > 1",
               "force.RegionalBrigade.effective more, force.Contingents.effective same"),
        probe("force.regional_gap 0 > 3",
               "force.RegionalBrigade.effective less, force.Contingents.effective same")),
    claim("F4", "J 5", "Memberships overlap.",
        "other crises of the region claim the same brigade",
        "force.py:RegionalBrigade.muster",
        "partners.overlapping_membership situation.neighbour_conflict",
        probe("partners.overlapping_membership 0 > 1",
               "force.RegionalBrigade.effective less, force.Contingents.effective same")),
    claim("F5", "J 5", "The region has its own early warning and mediators.",
        "regional ears see more, regional mediators add pressure",
        "country/district.py:District.watch leadership.py:SeniorTeam.press",
        "partners.regional_warning partners.regional_mediation politics.mediators",
        probe("partners.regional_warning 0 > 1", "districts.alarm other"),
        probe("partners.regional_mediation 0 > 1", "team.pressure more")),
)
