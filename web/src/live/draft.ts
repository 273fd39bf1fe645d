// The run that is being put together before it starts.

import { situationOf, without } from "./form";
import type { Content, Lesson, Mission, Plan, Setting } from "./protocol";

const SEED = 2007;
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
  return { scenario: scenario.name, seed: SEED, world: 0, months: scenario.months, missions: [first, second], lesson: "" };
}

const empty = (): Mission => ({ name: "", choices: {}, levers: {}, decisions: [] });

/** A plan as it began: what was decided during the run is left out. */
export const fromStart = (plan: Plan): Plan => ({
  ...plan,
  missions: plan.missions.map((mission) => ({ ...mission, decisions: [] })) as unknown as Plan["missions"],
});

/** Another situation. Its own options hold wherever none was picked by hand. */
export const inSituation = (plan: Plan, content: Content, scenario: string): Plan => ({
  ...plan,
  scenario,
  lesson: "",
  months: situationOf(content, scenario)?.months ?? plan.months,
});

export const ofLesson = (lesson: Lesson): Plan => ({ ...lesson.plan, lesson: lesson.name });

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

/** Names of missions as they are shown, when none was given. */
export const withNames = (plan: Plan, names: string[]): Plan => ({
  ...plan,
  missions: plan.missions.map((mission, place) => ({ ...mission, name: mission.name || names[place] })) as Plan["missions"],
});

export const settingOf = ({ choices, levers }: Setting): Setting => ({ choices: { ...choices }, levers: { ...levers } });
