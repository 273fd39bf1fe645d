// How the two missions differ: in what was chosen for them, and in how it went.

import { valueInWords } from "./decisions";
import { differing, optionOf, valuesOf } from "./form";
import type { Content, Line, Plan } from "./protocol";
import type { Lived } from "./run.svelte";
import { isShare, listed, quantity, say } from "./words.svelte";

/** Two missions have parted where a line differs by so much of its range: about what can be seen on a wall. */
const VISIBLE = 0.02;

export type Parting = { month: number; line: Line; values: [number, number] };

/** The first month, of those lived, in which one of the lines differs visibly. */
export function parting(lines: Line[], missions: [Lived, Lived], lived: number): Parting | null {
  for (let month = 0; month < lived; month++) {
    for (const line of lines) {
      const [one, other] = missions.map((mission) => mission.lines[line.name]?.[month] ?? NaN);
      if (Math.abs(one - other) > VISIBLE * (line.high - line.low)) return { month, line, values: [one, other] };
    }
  }
  return null;
}

/** What was set differently by a month, in words; options where whole groups differ, else single levers. */
export function differences(content: Content, plan: Plan, month: number): string[] {
  const [one, other] = [0, 1].map((mission) => valuesOf(content, plan, mission, month));
  return content.groups.flatMap((group) => {
    const options = [0, 1].map((mission) => optionOf(content, plan, mission, group.name, month));
    if (options[0] !== options[1]) {
      const [first, second] = options.map((option) => say(`options.${group.name}.${option}.label`));
      return [say("lines.differ_choice", { what: say(`groups.${group.name}`), one: first, other: second })];
    }
    return differing(group, one, other).map(({ name }) =>
      say("lines.differ_choice", {
        what: say(`levers.${name}.label`),
        one: valueInWords(content, name, one[name]),
        other: valueInWords(content, name, other[name]),
      }),
    );
  });
}

/** The first few of a list, and how many more there are. */
export const shortened = (all: string[], most = 5): string =>
  all.length > most ? say("lines.and_more", { some: listed(all.slice(0, most)), more: all.length - most }) : listed(all);

/** A difference, in its unit; of shares in points. */
export function apart(one: number, other: number, unit: string): string {
  const difference = Math.abs(one - other);
  return isShare(unit) ? say("lines.points", { points: Math.round(100 * difference) }) : quantity(difference, unit);
}
