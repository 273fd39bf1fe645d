// How it went in the world that is shown, and in the others, as numbers with their intervals.

import { wilson } from "../report/statistics";
import type { Band, Line } from "./protocol";
import type { Lived } from "./run.svelte";

type Spread = { low: number; middle: number; high: number };
export type Share = { share: number; low: number; high: number };
export type LineRow = { line: Line; here: number[]; others: Spread[]; more: Share; less: Share; margin: number };

/** A share of worlds with its 95 % interval. */
export const shareOf = (share: number, worlds: number): Share => ({ share, ...wilson(share * worlds, worlds) });

/** Lines at the end of a number of months, in both missions; `others` is empty before the band is there. */
export function lineRows(lines: Line[], missions: Lived[], band: Band | null, months: number): LineRow[] {
  const at = months - 1;
  return lines.map((line) => {
    const pair = band?.pairs[line.name];
    const worlds = band?.worlds ?? 0;
    return {
      line,
      here: missions.map((mission) => mission.lines[line.name]?.[at] ?? NaN),
      others: (band?.missions ?? []).flatMap(({ lines: spread }) => {
        const found = spread[line.name];
        return found ? [{ low: found.low[at], middle: found.middle[at], high: found.high[at] }] : [];
      }),
      more: shareOf(pair?.more[at] ?? NaN, worlds),
      less: shareOf(pair?.less[at] ?? NaN, worlds),
      margin: pair?.margin ?? NaN,
    };
  });
}

/** Share of worlds back at war by a month, in both missions. */
export const relapsed = (band: Band, months: number): Share[] =>
  band.missions.map((mission) => shareOf(mission.relapsed[months - 1], band.worlds));
