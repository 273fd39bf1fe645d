// Causes in sentences.

import { valueInWords } from "./decisions";
import { namesOf } from "./draft";
import type { Cause, Content, Node, Plan, Why } from "./protocol";
import type { Run } from "./run.svelte";
import { has, inOneUnit, number, quantities, say, spoken } from "./words.svelte";

export type Against = Cause["against"];
/** What sentences need to know of the page. */
export type Scene = { content: Content; plan: Plan; run: Pick<Run, "opening">; mission: number; month: number };

/** What a month is compared with: the year before, as far as the run goes back. */
const thenOf = ({ month }: Scene) => say(month < 12 ? "why.then.start" : "why.then.year");

export const nodeKey = (node: Node): string => `${node.kind}.${node.state} ${node.row ?? ""}`;

/** The state behind a cause, to ask again; null for a lever. */
export function nodeOf(cause: Cause): Node | null {
  if (cause.what === "lever") return null;
  const [kind, state] = cause.name.split(".");
  return { kind, state, row: cause.row };
}

/** A state in plain words, with the place or the actor where it is one of many. */
export function nameOf(node: Node, { run }: Pick<Scene, "run">): string {
  const words = has(`states.${node.kind}.${node.state}`) ? say(`states.${node.kind}.${node.state}`) : `${node.kind}.${node.state}`;
  const whose = whoseOf(node, run);
  return whose ? say("why.of", { what: words, whose }) : words;
}

/** The place or the actor of a row; "" where there is one only. */
export function whoseOf({ kind, row }: Node, { opening }: Scene["run"]): string {
  if (row === null || !opening) return "";
  if (kind === "districts" || kind === "communities") return opening.map.districts[row]?.name ?? "";
  if (kind === "neighbours") return opening.map.abroad[row] ?? "";
  if (kind === "leaders") return say(`leaders.${row}`);
  if (kind === "armed_groups") return say("why.group", { n: number(row + 1) });
  if (kind !== "agencies" && kind !== "donors") return "";
  let first = 0;
  const found = opening[kind].find((group) => row < (first += group.number));
  return found ? say(`${kind}.${found.kind}`) : "";
}

const capital = (sentence: string): string => sentence.charAt(0).toLocaleUpperCase(spoken.code) + sentence.slice(1);

/** What a cause is, and how it moved: one sentence. */
export function causeSentence(cause: Cause, scene: Scene): string {
  const other = namesOf(scene.content, scene.plan)[1 - scene.mission];
  if (cause.what === "state") {
    const what = nameOf(nodeOf(cause)!, scene);
    const then = thenOf(scene);
    const [was, is] = quantities([cause.was, cause.is], cause.unit);
    if (cause.against === "other") return capital(say(was === is ? "why.state.other.same" : "why.state.other", { what, was, is, other }));
    if (was === is) return capital(say("why.state.before.same", { what, is, then }));
    if (cause.unit === "switch") return capital(say("why.state.before.turned", { what, was, is, then }));
    const [from, to] = inOneUnit([cause.was, cause.is], cause.unit);
    return capital(say(`why.state.before.${cause.is < cause.was ? "down" : "up"}`, { what, was: from, is: to }));
  }
  if (!cause.name.includes(".")) return say(`why.levers.${cause.against}`, { group: say(`groups.${cause.name}`), other });
  return say(`why.lever.${cause.against}`, {
    lever: say(`levers.${cause.name}.label`),
    was: valueInWords(scene.content, cause.name, cause.was),
    is: valueInWords(scene.content, cause.name, cause.is),
    other,
  });
}

/** What the effect would have been without it: one sentence. */
export function withoutSentence(cause: Cause, why: Why, scene: Scene): string {
  const [without, value] = inOneUnit([cause.without, why.value], why.unit);
  return say(`why.without.${cause.against}`, { effect: nameOf(why.of, scene), without, value, then: thenOf(scene) });
}

/** What is asked about, now and then, or here and there: one sentence. */
export function effectSentence(why: Why, against: Against, scene: Scene): string {
  const mission = namesOf(scene.content, scene.plan)[1 - scene.mission];
  const what = nameOf(why.of, scene);
  const [value, compared] = quantities([why.value, against === "before" ? why.before : why.other], why.unit);
  if (against === "other") return say("why.now.other", { what, value, other: compared, mission });
  return say("why.now.before", { what, value, before: compared, then: thenOf(scene) });
}

/** How strongly a cause bears on the effect, against the strongest. */
export function strengths(causes: Cause[], value: number): number[] {
  const sizes = causes.map((cause) => Math.abs(value - cause.without));
  const most = Math.max(...sizes, Number.MIN_VALUE);
  return sizes.map((size) => size / most);
}
