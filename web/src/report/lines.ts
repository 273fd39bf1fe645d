// Months of a cell as a curve.

import type { Curve } from "../charts/Curves.svelte";
import type { View } from "./view";

export function lineOf(view: View, cell: number, measure: string): Omit<Curve, "name" | "colour"> | null {
  const found = view.plane.months?.lines?.[measure]?.[cell];
  if (!found) return null;
  const [y, low, high] = found.map((values) => values.map((value) => value ?? NaN));
  return { x: view.plane.months!.month!.map((month) => month + 1), y, low, high };
}
