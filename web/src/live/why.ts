// Causes in sentences.

import { valueInWords } from "./decisions";
import { namesOf } from "./draft";
import type { Cause, Content, Node, Plan, Why } from "./protocol";
import type { Run } from "./run.svelte";
import { has, number, quantities, say, spoken } from "./words.svelte";

export type Against = Cause["against"];
/** What sentences need to know of the page. */
export type Scene = { content: Content; plan: Plan; run: Pick<Run, "opening">; mission: number };

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
    const [was, is] = quantities([cause.was, cause.is], cause.unit);
    const moved = was === is ? "same" : cause.is < cause.was ? "down" : "up";
    const way = cause.against === "before" ? `before.${moved}` : "other";
    return capital(say(`why.state.${way}`, { what: nameOf(nodeOf(cause)!, scene), was, is, other }));
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
  const [without, value] = quantities([cause.without, why.value], why.unit);
  return say(`why.without.${cause.against}`, { effect: nameOf(why.of, scene), without, value });
}

/** What is asked about, now and then, or here and there: one sentence. */
export function effectSentence(why: Why, against: Against, scene: Scene): string {
  const mission = namesOf(scene.content, scene.plan)[1 - scene.mission];
  const [value, before, other] = quantities([why.value, why.before, why.other], why.unit);
  return say(`why.now.${against}`, { what: nameOf(why.of, scene), value, before, other, mission });
}

/** How strongly a cause bears on the effect, against the strongest. */
export function strengths(causes: Cause[], value: number): number[] {
  const sizes = causes.map((cause) => Math.abs(value - cause.without));
  const most = Math.max(...sizes, Number.MIN_VALUE);
  return sizes.map((size) => size / most);
}
