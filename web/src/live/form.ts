// What a mission is made of: options by group, single levers over them, and what was decided since.

import type { Content, Decision, Group, Lesson, Lever, Plan, Setting, Situation } from "./protocol";

export type Values = Record<string, number>;

export const situationOf = (content: Content, name: string): Situation | null =>
  content.situations.find((situation) => situation.name === name) ?? null;

export const lessonOf = (content: Content, plan: Plan): Lesson | null =>
  content.lessons.find((lesson) => lesson.name === plan.lesson) ?? null;

export const leverOf = (content: Content, name: string): Lever | null =>
  groupOf(content, name)?.levers.find((lever) => lever.name === name) ?? null;

const groupOf = (content: Content, lever: string): Group | null =>
  content.groups.find((group) => group.name === lever.split(".")[0]) ?? null;

/** Decisions of a mission that hold when a month is lived; with -1, none. */
const decidedBy = (plan: Plan, mission: number, month: number): Decision[] =>
  plan.missions[mission].decisions.filter((decision) => decision.month <= month).sort((one, other) => one.month - other.month);

/** The option of a group that holds in a month, before single levers. */
export function optionOf(content: Content, plan: Plan, mission: number, group: string, month = -1): string {
  const settings: Setting[] = [plan.missions[mission], ...decidedBy(plan, mission, month)];
  const chosen = settings.map((setting) => setting.choices[group]).filter(Boolean);
  return chosen[chosen.length - 1] ?? situationOf(content, plan.scenario)?.chooses[group] ?? group;
}

/** What an option makes of all levers of its group. */
export function valuesOfOption(group: Group, option: string): Values {
  const sets = group.options.find((one) => one.name === option)?.sets ?? {};
  return Object.fromEntries(group.levers.map((lever) => [lever.name, sets[lever.name] ?? lever.default]));
}

/** All levers of a mission as they are in a month. */
export function valuesOf(content: Content, plan: Plan, mission: number, month = -1): Values {
  const situation = situationOf(content, plan.scenario);
  const begins = plan.missions[mission];
  const settings: Setting[] = [
    { choices: { ...situation?.chooses, ...begins.choices }, levers: begins.levers },
    ...decidedBy(plan, mission, month),
  ];
  const values: Values = Object.fromEntries(content.groups.flatMap((group) => group.levers.map((one) => [one.name, one.default])));
  for (const { choices, levers } of settings) {
    for (const group of content.groups) {
      if (choices[group.name]) Object.assign(values, valuesOfOption(group, choices[group.name]));
    }
    Object.assign(values, levers);
  }
  return values;
}

export const alike = (one: number, other: number): boolean => Math.abs(one - other) < 1e-9;

/** Levers of a group in which two missions differ. */
export const differing = (group: Group, one: Values, other: Values): Lever[] =>
  group.levers.filter((lever) => !alike(one[lever.name], other[lever.name]));

/** A setting without what it says of a group. */
export function without(setting: Setting, group: string): Setting {
  const { [group]: _, ...choices } = setting.choices;
  const levers = Object.fromEntries(Object.entries(setting.levers).filter(([name]) => !name.startsWith(`${group}.`)));
  return { choices, levers };
}

// ---------------------------------------------------------------- levers as people set them

const isPercent = (lever: Lever): boolean => lever.unit === "share";
export const isSwitch = (lever: Lever): boolean => lever.unit === "switch";

/** Units that say nothing to people outside the field; the help of the lever says what its numbers mean. */
const DIMENSIONLESS = ["index", "log-odds"];

/** Bounds and step of a lever as it is set: shares in per cent. */
export function scaleOf(lever: Lever): { low: number; high: number; step: number; unit: string; times: number } {
  if (isPercent(lever)) return { low: 100 * lever.low, high: 100 * lever.high, step: 1, unit: "%", times: 100 };
  const step = lever.whole || lever.high - lever.low > 50 ? 1 : Number(((lever.high - lever.low) / 100).toPrecision(1));
  return { low: lever.low, high: lever.high, step, unit: DIMENSIONLESS.includes(lever.unit) ? "" : lever.unit, times: 1 };
}

/** Read what was typed for a lever; null where it is no number within its bounds. */
export function readTyped(lever: Lever, typed: string): number | null {
  const { times } = scaleOf(lever);
  const plain = typed.trim().replace(/%$/, "").replace(",", ".").replace("−", "-").trim();
  const value = plain === "" ? NaN : Number(plain) / times;
  const whole = !lever.whole || Number.isInteger(value);
  return Number.isFinite(value) && value >= lever.low && value <= lever.high && whole ? value : null;
}
