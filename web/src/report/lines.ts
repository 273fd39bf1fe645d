// Months of a cell as a curve, which ends where its own situation does: others may be watched for longer.

import type { Curve } from "../charts/Curves.svelte";
import type { View } from "./view";

export function lineOf(view: View, cell: number, measure: string): Omit<Curve, "name" | "colour"> | null {
  const found = view.plane.months?.lines?.[measure]?.[cell];
  if (!found) return null;
  const [y, low, high] = found.map((values) => values.map((value) => value ?? NaN));
  const end = Math.max(0, ...y.map((value, i) => (Number.isFinite(value) ? i + 1 : 0)));
  return { x: view.plane.months!.month!.slice(0, end).map((month) => month + 1), y: y.slice(0, end), low, high };
}
