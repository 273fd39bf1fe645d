// What all figures share: the view, what was chosen, and how things are called.

import type { About, Measure, ReportContent } from "./content";
import { words } from "../words";
import { count } from "./format";
import type { View } from "./view";

export interface Scene {
  content: ReportContent;
  view: View;
  outcome: Measure;
  /** Place of the chosen column. */
  situation: number;
  /** Place of the chosen row. */
  reference: number;
}

export const MOST_CURVES = 8;

/** So many worlds, and how they spread over what is drawn: "400 worlds (2 × 200)". */
function worldsOf(counts: number[]): string {
  const said = words.figure;
  const total = count(counts.reduce((sum, one) => sum + one, 0));
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return counts.length > 1 ? said.worldsOfEach(total, counts.length, said.range(count(least), count(most))) : said.worlds(total);
}

/** Worlds of some rows in the chosen situation. */
export const worldsOfRows = ({ view, situation }: Scene, rows: number[]): number[] =>
  rows.map((row) => view.plane.cells.worlds[view.cell(row, situation)] ?? 0);

/** The footer of a figure: what made it, from the worlds behind each part of it. */
export function madeBy(about: About, worlds: number[]): string {
  const said = words.figure;
  return said.made([
    worldsOf(worlds),
    said.months(about.months.join(", ")),
    said.version(about.version),
    said.config(about.config),
    said.seed(about.seed),
    about.name,
  ]);
}

const FIXED: Record<string, { colour: string; dash: string }> = {
  "no mission": { colour: "var(--form-6)", dash: "1 4" },
  "mix of 2007": { colour: "var(--form-1)", dash: "14 3" },
};
const FREE = [0, 2, 3, 4, 5, 7];
const DASHES = [undefined, "7 4", "2 3", "10 3 2 3"];

/** A form keeps its colour and dashes whatever is filtered; either alone tells neighbours apart. */
export function lookOf(view: View, row: number): { colour: string; dash?: string } {
  const labels = view.plane.rows.labels;
  if (labels[row] in FIXED) return FIXED[labels[row]];
  const place = labels.filter((label) => !(label in FIXED)).indexOf(labels[row]);
  return { colour: `var(--form-${FREE[place % FREE.length]})`, dash: DASHES[place % DASHES.length] };
}

/** "In this situation", where there are several. */
export function where(view: View, column: number): string {
  return view.plane.columns.labels.length > 1 ? `, ${view.column(column)}` : "";
}
