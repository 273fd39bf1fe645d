"""Draw the pictures of docs/gallery.md, and the page, from four small sweeps: `python -m docs.gallery`."""

import tempfile
from pathlib import Path

from mipo_sim import Sweep, SweepResults, make_design
from mipo_sim.figures import as_bytes
from mipo_sim.sweeps.finding import Finding

HERE = Path(__file__).parent
IMAGES = HERE / "images" / "gallery"
DPI = 72
FORMS, WORLDS, SEED = ["coexistence", "coordination", "collaboration", "full"], 100, 2007
SITUATIONS = ["fragile_ceasefire", "post_crisis", "weak_state"]
BASE = {"months": 84}
LEVERS = {
    "integration.tactical": {"low": 0, "high": 1},
    "mandate.troops": {"low": 2, "high": 30},
    "leadership.competence": {"low": 0.2, "high": 0.9},
}
CONTEXTS = {"situation.hostility": {"low": -1, "high": 1}}
DESIGNS = {
    "grid": {"kind": "grid", "levers": {"integration": FORMS}, "contexts": {"scenario": SITUATIONS}},
    "steps": {"kind": "morris", "n": 10, "levels": 4, "seed": SEED, "levers": LEVERS, "contexts": CONTEXTS},
    "mixtures": {"kind": "saltelli", "n": 32, "seed": SEED, "levers": LEVERS, "contexts": CONTEXTS},
    "space": {"kind": "latin_hypercube", "n": 80, "seed": SEED, "levers": LEVERS, "contexts": CONTEXTS},
}
REPLICATES = {"grid": WORLDS, "steps": 4, "mixtures": 2, "space": 5}

HEAD = f"""# Gallery

What results answer, and how it looks. Each question gives a `Finding`: `.table` is a data frame, `.plot()`
a matplotlib figure, and `.save("name.png")` (or `.svg`, `.pdf`, `.csv`) keeps it; in a notebook a finding
shows its table. `only` narrows the worlds down. The results of `mipo_sim.run` take the same questions, except
the last three, which ask for a design of their own. What draws stands in `mipo_sim.figures`: tables in, axes
out.

The pictures come from small sweeps, with {WORLDS} worlds of each cell of the grid and fewer in the others.
They show what a picture looks like, and are too small to show more. `python -m docs.gallery` makes this page
and its pictures again.

Intervals are 95 %, and the foot says what made a picture. Colour is never the only cue: forms have marks,
dashes or names, parts of bars have hatches or words, and what is clearer than chance is filled, framed or
said.

```python
import mipo_sim

grid = mipo_sim.load("results/my-sweep")
one = {{"scenario": "fragile_ceasefire"}}
```
"""

# The name of a picture, the question as a notebook asks it, and what it answers.
SHOWN = (
    ("survival", "grid.survival(one)", "How long does peace last, and how many worlds are left to tell?"),
    ("hazard", "grid.hazard(only=one)", "When does peace fail?"),
    ("ends", "grid.ends(one)", "What comes first: a relapse, or the exit that was planned?"),
    (
        "differences",
        'grid.differences("coexistence", ["relapse_5_years", "need_met", "cost"], one)',
        "What does each form change, world by world of the same luck?",
    ),
    (
        "best",
        'grid.best("need_met")',
        "Which form is best in which situation, and where is that too close to call? The strip below it says "
        "what makes worlds differ at all.",
    ),
    (
        "robustness",
        'grid.robustness("need_met", thresholds=[0.4, 0.6])',
        "Which form stands in all situations?",
    ),
    ("trade_off", 'grid.trade_off(["need_met", "overhead"], one)', "What can be had together?"),
    (
        "variance",
        'grid.variance(["need_met", "overhead", "trust", "cost"])',
        "What makes worlds differ: luck, the situation, the form, or several together?",
    ),
    ("overhead", "grid.overhead(one)", "What takes staff time from the work?"),
    ("months", 'grid.months("trust", one)', "What were the months like?"),
    ("money", "grid.money(one)", "How does voluntary money flow?"),
    (
        "morris",
        'steps.sensitivity("need_met")',
        "How far does each axis move the outcome, by itself and through others? This asks for a `morris` "
        "design.",
    ),
    (
        "sobol",
        'mixtures.sensitivity("need_met")',
        "What share of the variance does each axis bring? This asks for a `saltelli` design.",
    ),
    (
        "boxes",
        'space.boxes("relapse")',
        "In which part of the space does it happen more often than elsewhere? This asks for a design that "
        "fills space.",
    ),
)


def lived(name: str, folder: Path) -> SweepResults:
    """Live through a design."""
    design = make_design({**DESIGNS[name], "base": BASE})
    return Sweep(design, folder / name, replicates=REPLICATES[name], seed=SEED).run(shown=None)


def main() -> None:
    """Draw all pictures and write the page."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    parts = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        sweeps = {name: lived(name, Path(folder)) for name in DESIGNS}
        known = {**sweeps, "one": {"scenario": SITUATIONS[0]}}
        for name, question, answers in SHOWN:
            found: Finding = eval(question, known)  # the page shows what was asked
            (IMAGES / f"{name}.png").write_bytes(as_bytes(found.plot(), "png", DPI))
            asked, _, more = answers.partition("? ")
            head = f"## {asked.removesuffix('?')}?\n\n`{question}`" + f"\n\n{more}" * bool(more)
            parts.append(f"{head}\n\n![{asked.removesuffix('?')}](images/gallery/{name}.png)\n")
    (HERE / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
