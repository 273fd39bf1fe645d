// What was chosen, kept in the address: a reload or a link shows the same view.

export interface Chosen {
  plane: number;
  outcome: string;
  situation: number;
  reference: number;
  hidden: string[];
}

export function readLink(usual: Chosen): Chosen {
  const asked = new URLSearchParams(location.hash.slice(1));
  const place = (name: string, otherwise: number) => {
    const value = Number(asked.get(name) ?? otherwise);
    return Number.isInteger(value) && value >= 0 ? value : otherwise;
  };
  return {
    plane: place("plane", usual.plane),
    outcome: asked.get("outcome") ?? usual.outcome,
    situation: place("situation", usual.situation),
    reference: place("reference", usual.reference),
    hidden: asked.getAll("hide"),
  };
}

export function writeLink(chosen: Chosen, usual: Chosen): void {
  const said = new URLSearchParams();
  for (const name of ["plane", "outcome", "situation", "reference"] as const) {
    if (chosen[name] !== usual[name]) said.set(name, String(chosen[name]));
  }
  chosen.hidden.forEach((level) => said.append("hide", level));
  const text = String(said);
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}
