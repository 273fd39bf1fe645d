// Whether something read from a link, a file or the browser's store is what it claims to be.
// What is returned is built anew from known fields; the program checks its meaning once more.

import type { Content, Decision, Mission, Plan, Setting } from "./protocol";

const NAME = /^[\w.-]{1,80}$/;

type Fields = Record<string, unknown>;

export const isFields = (given: unknown): given is Fields =>
  typeof given === "object" && given !== null && !Array.isArray(given);

export const isText = (given: unknown, longest: number): given is string => typeof given === "string" && given.length <= longest;

export const isWhole = (given: unknown, low: number, high: number): given is number =>
  Number.isInteger(given) && (given as number) >= low && (given as number) <= high;

/** The plan, or null where it is none of this page's. */
export function readPlan(given: unknown, content: Content): Plan | null {
  if (!isFields(given) || !Array.isArray(given.missions) || given.missions.length !== 2) return null;
  const { scenario, seed, world, months, lesson } = given;
  const { limits } = content;
  if (!content.situations.some((situation) => situation.name === scenario)) return null;
  if (!isWhole(seed, ...limits.seed) || !isWhole(world, ...limits.world)) return null;
  if (!isWhole(months, ...limits.months) || !isText(lesson, limits.name)) return null;
  const missions = given.missions.map((mission) => readMission(mission, content));
  if (!missions[0] || !missions[1]) return null;
  return { scenario: scenario as string, seed, world, months, missions: [missions[0], missions[1]], lesson };
}

function readMission(given: unknown, content: Content): Mission | null {
  if (!isFields(given) || !isText(given.name, content.limits.name) || !Array.isArray(given.decisions)) return null;
  if (given.decisions.length > content.limits.decisions) return null;
  const setting = readSetting(given, content);
  const decisions = given.decisions.map((decision) => readDecision(decision, content));
  if (!setting || decisions.includes(null)) return null;
  return { name: given.name, ...setting, decisions: decisions as Decision[] };
}

function readDecision(given: unknown, content: Content): Decision | null {
  const setting = readSetting(given, content);
  if (!setting || !isFields(given) || !isWhole(given.month, 0, content.limits.months[1])) return null;
  return { month: given.month, ...setting };
}

/** Options and levers of a mission, all of them known here and within their bounds. */
export function readSetting(given: unknown, content: Content): Setting | null {
  if (!isFields(given) || !isFields(given.choices) || !isFields(given.levers)) return null;
  const setting: Setting = { choices: {}, levers: {} };
  for (const [name, option] of Object.entries(given.choices)) {
    const group = content.groups.find((one) => one.name === name);
    if (!NAME.test(name) || !group?.options.some((one) => one.name === option)) return null;
    setting.choices[name] = option as string;
  }
  const levers = content.groups.flatMap((group) => group.levers);
  for (const [name, value] of Object.entries(given.levers)) {
    const lever = levers.find((one) => one.name === name);
    if (!lever || typeof value !== "number" || !(value >= lever.low && value <= lever.high)) return null;
    setting.levers[name] = value;
  }
  return setting;
}
