// Decisions in words, and plans without them.

import { leverOf } from "./form";
import type { Content, Decision, Plan, Refusal, Setting } from "./protocol";
import { has, quantity, say } from "./words.svelte";

/** What a setting sets, one phrase each. */
export function settingInWords(content: Content, { choices, levers }: Setting): string[] {
  const chosen = Object.entries(choices).map(([group, option]) =>
    say("decision.option", { group: say(`groups.${group}`), option: say(`options.${group}.${option}.label`) }),
  );
  const moved = Object.entries(levers).map(([name, value]) =>
    say("decision.lever", { lever: say(`levers.${name}.label`), value: valueInWords(content, name, value) }),
  );
  return [...chosen, ...moved];
}

export const valueInWords = (content: Content, name: string, value: number): string =>
  quantity(value, leverOf(content, name)?.unit ?? "");

/** Why something was refused, with levers called as the page calls them. */
export const refusalInWords = ({ key, text }: Refusal): string =>
  has(key) ? say(key) : text.replace(/\b\w+\.\w+\b/g, (name) => (has(`levers.${name}.label`) ? say("lever.quoted", { lever: say(`levers.${name}.label`) }) : name));

export type Taken = { mission: number; decision: Decision };

/** All decisions of a plan in the order of their months. */
export const taken = (plan: Plan): Taken[] =>
  plan.missions
    .flatMap((mission, place) => mission.decisions.map((decision) => ({ mission: place, decision })))
    .sort((one, other) => one.decision.month - other.decision.month || one.mission - other.mission);

export function withoutDecision(plan: Plan, { mission, decision }: Taken): Plan {
  const missions = plan.missions.map((one, place) =>
    place === mission ? { ...one, decisions: one.decisions.filter((each) => each.month !== decision.month) } : one,
  );
  return { ...plan, missions: missions as Plan["missions"] };
}
