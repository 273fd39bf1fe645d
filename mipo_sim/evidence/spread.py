"""The study behind `mipo_sim.analysis.spread`: forms in situations, with many parameters and lucks.

All is crossed: each draw of parameters is lived through in each situation by each form, and all of them
in the same worlds. So luck, what is not known of the parameters, the situation and the form can be told
apart, and what they do together.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd

from mipo_sim.analysis import variance_shares
from mipo_sim.evidence.forms import Form, Record, in_situation, live_through
from mipo_sim.model import MissionModel
from mipo_sim.outcomes import outcomes_of
from mipo_sim.parameters import complete
from mipo_sim.parameters.posterior import posterior
from mipo_sim.sweeps.identity import DECIDING, source_digest
from mipo_sim.version import __version__

SITUATIONS = ("fragile_ceasefire", "active_conflict", "post_crisis", "regional_conflict", "weak_state")
FORMS: Mapping[str, Mapping[str, str]] = {
    "no mission": {"mandate": "none"},
    "mix of 2007": {},
    "coexistence": {"integration": "coexistence"},
    "collaboration": {"integration": "collaboration"},
    "full": {"integration": "full"},
    "full, pooled, owned": {"integration": "full", "funding": "pooled", "ownership": "locally_owned"},
}
# Outcomes that every world has, and the relapse of those that begin in peace.
OUTCOMES = (
    "war_share",
    "durable_peace",
    "need_met",
    "overhead",
    "duplication",
    "trust",
    "local_capacity",
    "cost",
)
AFTER_PEACE = "relapse_5_years"
PAGE = """\
<!-- Written by `mipo validate --spread --write`; change `mipo_sim/evidence/spread.py` instead. -->
# What makes worlds differ

Two worlds of the model end differently because of luck, because nobody knows the parameters exactly, because
the situations differ, or because the forms of mission do. How much of the spread between worlds is due to
which says what a comparison of forms can hope for, and what a single run leaves out.

{crossed}

What several do together counts for the one that can least be chosen: an interaction with luck is luck, one of
parameters with situation or form is parameters, and what a form does in one situation only is form. `form` is
the spread between these forms, each as likely as the others; other forms would give another share.

{table}

In brackets the 95 % interval, by drawing worlds and draws of parameters anew; a share a little below zero is
no share. `relapse_5_years` is taken over the situations that begin in peace. Every picture of a run or a
comparison of forms repeats the line of its first outcome.

mipo_sim {mipo_sim}, seed {seed}, rules {rules}.
"""
CROSSED = (
    "Every form ({forms}) was lived through in every situation ({situations}), with {draws} draws of the "
    "[calibrated parameters](calibration.md) and in {replicates} worlds of luck, all crossed: "
    "{worlds} worlds."
)
DRAWS, REPLICATES, SEED = 40, 10, 31007
MONTHS = 144


def keep_outcomes(model: MissionModel) -> dict[str, np.ndarray]:
    """Live a block through, and hand out its outcomes."""
    found = outcomes_of(model.run())
    return {name: np.asarray(found[name], np.float32) for name in (*OUTCOMES, AFTER_PEACE)}


def needed_forms() -> list[Form]:
    """All forms in all situations, named `form in situation`."""
    return [
        in_situation(f"{form} in {situation}", situation, FORMS[form], MONTHS)
        for situation, form in product(SITUATIONS, FORMS)
    ]


def sets_of(draws: int) -> dict[str, np.ndarray]:
    """Take draws evenly through the posterior sample."""
    columns = posterior()
    size = len(next(iter(columns.values())))
    chosen = np.linspace(0, size - 1, draws).round().astype(int)
    return {name: column[chosen] for name, column in columns.items()}


def spread(
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = SEED,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Divide the spread of outcomes; see `mipo_sim.analysis.spread.known_spread` for the columns.

    Parameters
    ----------
    draws : int
        How many sets of parameters.
    replicates : int
        How many worlds of each form, situation and set.
    seed : int
        Seed of all luck.
    workers : int, optional
        Processes; None for one a core.
    progress : callable, optional
        Called now and then with the number of worlds done so far.
    """
    forms = needed_forms()
    lived = live_through(
        forms, keep_outcomes, sets_of(draws), worlds=replicates, seed=seed, workers=workers, progress=progress
    )
    rows = _table(lived)
    peaceful = {form.name.split(" in ")[1] for form in forms if _begins_in_peace(form)}
    tables = [_shares(rows, outcome) for outcome in OUTCOMES]
    tables.append(_shares(rows[rows["situation"].isin(peaceful)], AFTER_PEACE))
    made: dict[str, Any] = {
        "draws": draws,
        "replicates": replicates,
        "seed": seed,
        "rules": source_digest(DECIDING),
        "mipo_sim": __version__,
    }
    return pd.concat(tables, ignore_index=True).assign(**made)


def _begins_in_peace(form: Form) -> bool:
    values = complete(form.values)
    return bool(values["situation.violence"] < values["conflict.war_threshold"])


def _table(lived: Mapping[str, Record]) -> pd.DataFrame:
    """One row a world: form, situation, draw, replicate, outcomes."""
    tables = []
    for name, record in lived.items():
        form, situation = name.split(" in ")
        sets, worlds = record[AFTER_PEACE].shape
        draw, replicate = np.divmod(np.arange(sets * worlds), worlds)
        columns = {outcome: values.reshape(-1) for outcome, values in record.items()}
        tables.append(
            pd.DataFrame(
                {"form": form, "situation": situation, "draw": draw, "replicate": replicate, **columns}
            )
        )
    return pd.concat(tables, ignore_index=True)


def _shares(rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    found = variance_shares(rows, outcome, situation="situation", parameters="draw", by="source")
    counts = {"forms": rows["form"].nunique(), "situations": rows["situation"].nunique()}
    found = found[["effect", "share", "low", "high", "worlds"]].assign(**counts)
    found.insert(0, "outcome", outcome)
    return found


def count_worlds(draws: int = DRAWS, replicates: int = REPLICATES) -> int:
    """How many worlds `spread` computes."""
    return len(SITUATIONS) * len(FORMS) * draws * replicates


def page(table: pd.DataFrame) -> str:
    """Write the page `docs/spread.md`."""
    first = table.iloc[0]
    rows = account(table)
    cells = ["| " + " | ".join(row) + " |" for row in rows]
    cells.insert(1, "|---|---|---|")
    crossed = CROSSED.format(
        forms=", ".join(FORMS),
        situations=", ".join(name.replace("_", " ") for name in SITUATIONS),
        draws=first["draws"],
        replicates=first["replicates"],
        worlds=f"{table['worlds'].max():,}",
    )
    return PAGE.format(
        table="\n".join(cells),
        crossed=fill(crossed, 110, break_on_hyphens=False, break_long_words=False),
        **{name: first[name] for name in ("seed", "rules", "mipo_sim")},
    )


def account(table: pd.DataFrame, outcomes: Sequence[str] = (*OUTCOMES, AFTER_PEACE)) -> list[tuple[str, ...]]:
    """Lay the shares out in rows of text, largest first within each outcome."""
    rows: list[tuple[str, ...]] = [("outcome", "what makes worlds differ", "share (95 %)")]
    for outcome in outcomes:
        mine = table[table["outcome"] == outcome].sort_values("share", ascending=False)
        for place, row in enumerate(mine.to_dict("records")):
            share = f"{100 * row['share']:.0f} % ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
            rows.append((outcome if place == 0 else "", row["effect"], share))
    return rows
