// What one class did, as it is kept: the shape, reading it back, and bringing two accounts of it together.

import type { Content, Lesson, Plan } from "./protocol";
import { isFields, isText, isWhole, readPlan } from "./reading";

/** Who is said to be higher, or to go back to war: a mission, both or neither. */
export type Guess = "first" | "second" | "same" | "both" | "neither";
const GUESSES: Guess[] = ["first", "second", "same", "both", "neither"];

/** What was answered at a moment of the lesson. */
export type Answer = {
  at: number;
  guess: Guess | null;
  reason: string;
  /** Place of the choice; null until there is one. */
  choice: number | null;
  /** Whether prediction and choice are made, and whether the class has looked at what came of it. */
  passed: boolean;
  revealed: boolean;
};
/** A plan that was lived: from which month it left another, and how far it went. */
export type Branch = { plan: Plan; from: number; month: number };
export type Kept = {
  id: string;
  begun: number;
  changed: number;
  plan: Plan;
  month: number;
  /** By place of the moment in its lesson. */
  answers: Record<string, Answer>;
  branches: Branch[];
  notes: string;
  notesAt: number;
};

export const LONGEST_NOTES = 20_000;
export const LONGEST_REASON = 2_000;

export const keyOf = (plan: Plan): string => JSON.stringify(plan);

export function newClass(plan: Plan): Kept {
  const now = Date.now();
  const id = `${now.toString(36)}-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  return { id, begun: now, changed: now, plan, month: 0, answers: {}, branches: [], notes: "", notesAt: 0 };
}

export const unanswered: Answer = { at: 0, guess: null, reason: "", choice: null, passed: false, revealed: false };

/** Who comes by a link into the middle of a lesson is not asked what lies behind. */
export const passedBefore = (lesson: Lesson | undefined, month: number): Kept["answers"] =>
  Object.fromEntries(
    (lesson?.moments ?? []).flatMap((moment, place) =>
      moment.month < month ? [[place, { ...unanswered, passed: true, revealed: moment.reveal < month }]] : [],
    ),
  );

/** What was kept of a class, or null where it is not one of this page's. */
export function readClass(given: unknown, content: Content): Kept | null {
  if (!isFields(given) || !isText(given.id, 64) || !isText(given.notes, LONGEST_NOTES)) return null;
  const plan = readPlan(given.plan, content);
  if (!plan || !isWhole(given.month, 0, plan.months) || !isFields(given.answers) || !Array.isArray(given.branches)) return null;
  const time = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : 0);
  return {
    id: given.id,
    begun: time(given.begun),
    changed: time(given.changed),
    plan,
    month: given.month,
    answers: Object.fromEntries(
      Object.entries(given.answers).flatMap(([place, answer]) => {
        const read = readAnswer(answer);
        return read && /^\d{1,3}$/.test(place) ? [[place, read]] : [];
      }),
    ),
    branches: given.branches.flatMap((branch) => readBranch(branch, content) ?? []),
    notes: given.notes,
    notesAt: time(given.notesAt),
  };
}

function readAnswer(given: unknown): Answer | null {
  if (!isFields(given) || !isText(given.reason, LONGEST_REASON)) return null;
  return {
    at: typeof given.at === "number" ? given.at : 0,
    guess: GUESSES.find((guess) => guess === given.guess) ?? null,
    reason: given.reason,
    choice: isWhole(given.choice, 0, 99) ? given.choice : null,
    passed: given.passed === true,
    revealed: given.revealed === true,
  };
}

function readBranch(given: unknown, content: Content): Branch | null {
  const plan = isFields(given) ? readPlan(given.plan, content) : null;
  if (!plan || !isFields(given) || !isWhole(given.from, 0, plan.months) || !isWhole(given.month, 0, plan.months)) return null;
  return { plan, from: given.from, month: given.month };
}

/** Branches in which something was lived; a change of mind before that leaves none behind. */
export const worthKeeping = (branches: Branch[], present: Plan): Branch[] =>
  branches.filter((branch) => branch.month > branch.from || keyOf(branch.plan) === keyOf(present));

/** Two accounts of one class: nothing that stands in either is lost; of the same thing, the later counts. */
export function merged(mine: Kept, other: Kept): Kept {
  const answers = { ...other.answers };
  for (const [place, answer] of Object.entries(mine.answers)) {
    if (!answers[place] || answers[place].at <= answer.at) answers[place] = answer;
  }
  const branches = new Map(other.branches.map((branch) => [keyOf(branch.plan), branch]));
  for (const branch of mine.branches) {
    const known = branches.get(keyOf(branch.plan));
    branches.set(keyOf(branch.plan), known ? { ...branch, month: Math.max(known.month, branch.month) } : branch);
  }
  const later = mine.notesAt >= other.notesAt ? mine : other;
  const kept = worthKeeping([...branches.values()], mine.plan);
  return { ...mine, answers, branches: kept, notes: later.notes, notesAt: later.notesAt };
}
