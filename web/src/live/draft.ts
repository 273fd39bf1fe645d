// The run that is being put together before it starts, and what its missions are called.

import { lessonOf, situationOf, without } from "./form";
import type { Content, Decision, Lesson, Mission, Plan, Setting } from "./protocol";
import { say, textOf } from "./words.svelte";

/** What the page opens with: after a truce, one plan for all beside everybody alone. */
const SITUATION = "fragile_ceasefire";
const OPENING: Record<string, string>[] = [{ integration: "full" }, { integration: "coexistence" }];

export function firstDraft(content: Content): Plan {
  const scenario = situationOf(content, SITUATION) ?? content.situations[0];
  const known = (choices: Record<string, string>) =>
    Object.entries(choices).filter(([name, option]) =>
      content.groups.some((group) => group.name === name && group.options.some((one) => one.name === option)),
    );
  const [first, second] = OPENING.map((choices) => ({ ...empty(), choices: Object.fromEntries(known(choices)) }));
  return { scenario: scenario.name, seed: content.seed, world: 0, months: scenario.months, missions: [first, second], lesson: "" };
}

const empty = (): Mission => ({ name: "", choices: {}, levers: {}, decisions: [] });

/** A plan as it began: what was decided during the run is left out. */
export const fromStart = (plan: Plan): Plan => ({
  ...plan,
  missions: plan.missions.map((mission) => ({ ...mission, decisions: [] as Decision[] })) as Plan["missions"],
});

/** Another situation. Its own options hold wherever none was picked by hand. */
export const inSituation = (plan: Plan, content: Content, scenario: string): Plan => ({
  ...plan,
  scenario,
  lesson: "",
  months: situationOf(content, scenario)?.months ?? plan.months,
});

export const ofLesson = ({ plan }: Lesson): Plan => ({
  ...plan,
  missions: plan.missions.map((mission) => ({ ...mission, name: "" })) as Plan["missions"],
});

export function withMission(plan: Plan, place: number, changed: Partial<Mission>): Plan {
  const missions = plan.missions.map((mission, here) => (here === place ? { ...mission, ...changed } : mission));
  return { ...plan, missions: missions as Plan["missions"] };
}

/** An option for a group; single levers of the group that were set before give way. */
export function withOption(plan: Plan, place: number, group: string, option: string): Plan {
  const rest = without(plan.missions[place], group);
  return withMission(plan, place, { ...rest, choices: { ...rest.choices, [group]: option } });
}

/** A single lever; none where it is as its option has it. */
export function withLever(plan: Plan, place: number, name: string, value: number, usual: number): Plan {
  const { [name]: _, ...levers } = plan.missions[place].levers;
  return withMission(plan, place, { levers: value === usual ? levers : { ...levers, [name]: value } });
}

/** The name that the class typed for a mission; "" where it goes by that of its lesson, or by its place. */
export function typedName(content: Content, plan: Plan, place: number): string {
  const { name } = plan.missions[place];
  return name === lessonOf(content, plan)?.plan.missions[place].name ? "" : name;
}

/** Names of both missions, in the language of the page where nobody typed one. */
export const namesOf = (content: Content, plan: Plan): string[] =>
  [0, 1].map((place) => typedName(content, plan, place) || givenName(content, plan, place));

export function givenName(content: Content, plan: Plan, place: number): string {
  const lesson = lessonOf(content, plan);
  return lesson ? textOf(lesson.names[place]) : say(`setup.mission.${place}`);
}

export const settingOf = ({ choices, levers }: Setting): Setting => ({ choices: { ...choices }, levers: { ...levers } });
