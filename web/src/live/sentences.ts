// What happened, in sentences.

import { settingInWords } from "./decisions";
import type { Content, Happening, Plan } from "./protocol";
import type { Run } from "./run.svelte";
import { whoseOf } from "./why";
import { marked, number, percent, say } from "./words.svelte";

/** Events whose numbers are counted in what their sentence says; those of all others are shares. */
const COUNTED = new Set([
  ...["agency_attacked", "decisions_flow", "decisions_pile_up", "mission_opens", "pledges_fall", "pledges_recover"],
  ...["pool_pays", "soldiers_paid", "soldiers_unpaid", "troops_there", "war_returns"],
]);

/** What happened, as one sentence with its terms marked. */
export function sentence(event: Happening, plan: Plan, run: Run, content: Content): string {
  const told = (value: number | null) =>
    value === null ? "" : COUNTED.has(event.what) ? number(value, Math.abs(value) < 20 ? 1 : 0) : percent(value);
  return marked(`events.${event.what}`, {
    district: event.district === null ? "" : (run.opening?.map.districts[event.district]?.name ?? ""),
    who: whoOf(event, run),
    value: event.what === "decision" ? decided(event, plan, content) : told(event.value),
    before: event.what === "war_returns" && event.before !== null ? number(event.before + 1) : told(event.before),
  });
}

const decided = ({ mission, month }: Happening, plan: Plan, content: Content) =>
  plan.missions[mission].decisions
    .filter((decision) => decision.month === month)
    .flatMap((decision) => settingInWords(content, decision))
    .join(" · ");

/** The actor of an event, by its row. */
function whoOf({ of, who }: Happening, run: Run): string {
  if (who === null) return "";
  if (of.kind === "headquarters") return say(`sectors.${who}`); // fields of work
  if (of.kind === "armed_groups") return number(who + 1);
  return whoseOf({ ...of, row: who }, run);
}

export type Entry = { event: Happening; both: boolean };

/** Events, the newest first; what happened to both missions alike in a month is told once. */
export function entries(events: Happening[]): Entry[] {
  const told = new Map<string, Entry>();
  for (const event of events) {
    const { month, what, district, who, value, before } = event;
    const alike = what === "decision" ? event.key : [month, what, district, who, rounded(value), rounded(before)].join(" ");
    const same = told.get(alike);
    if (same && same.event.mission !== event.mission) same.both = true;
    else told.set(alike, { event, both: false });
  }
  return [...told.values()].reverse();
}

/** As fine as a sentence says it. */
const rounded = (value: number | null) => value?.toFixed(2);
