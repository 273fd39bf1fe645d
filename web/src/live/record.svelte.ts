// What the class did. It outlives a reload, a closed lid and the program's end, and is shared between tabs.

import { keyOf, merged, newClass, passedBefore, readClass, unanswered, worthKeeping, type Answer, type Kept } from "./class";
import { forget, keep, keysFrom, recall, tab } from "./kept";
import { forgetLink, readLink } from "./link";
import type { Plan } from "./protocol";
import type { Session } from "./session.svelte";

const STEM = "mipo-class-";
const OPEN = "mipo-class"; // which class this tab has open
const SAVED_EVERY = 1000; // milliseconds

const records = new WeakMap<Session, ClassRecord>();

/** The one record of a page, made when it is first asked for. */
export function recordOf(session: Session): ClassRecord {
  const record = records.get(session) ?? new ClassRecord(session);
  records.set(session, record);
  return record;
}

export class ClassRecord {
  kept = $state.raw<Kept | null>(null);
  /** Keys of sentences about links, the store and other tabs that nobody has put away yet. */
  notices = $state.raw<string[]>([]);
  /** What the present plan was made of, to go back to where the program refuses it. */
  before = $state.raw<{ plan: Plan; month: number } | null>(null);

  #session: Session;
  #timer = 0;
  #lived: number | null = null;
  /** The largest of the months that have come since they were noted last. */
  #furthest = 0;
  #full = false;
  /** Months are not noted on the way to the month that is restored. */
  #restoring: number | null = null;

  constructor(session: Session) {
    this.#session = session;
    if (session.role === "file") this.kept = readClass(session.content.recorded?.record, session.content);
    if (!session.leads) return;
    session.onPlan((plan, from) => this.#opened(plan, from));
    session.onMonth((month) => this.#came(month));
    window.addEventListener("storage", (event) => this.#heard(event.key));
    window.addEventListener("hashchange", () => this.#followLink());
    window.addEventListener("pagehide", () => this.save());
    document.addEventListener("visibilitychange", () => this.save());
  }

  /** Go where a link leads, or else on with the class that this tab had open. */
  begin(): void {
    if (!this.#session.leads || this.#followLink()) return;
    const id = tab.get(OPEN);
    if (id) this.open(id);
  }

  /** Begin with a new class. */
  start(plan: Plan): void {
    this.save();
    this.#enter(newClass(plan));
    this.#session.start(plan);
  }

  /** Go on with a class that was kept; whether there is one. */
  open(id: string): boolean {
    const found = readClass(recall(STEM + id), this.#session.content);
    if (!found) return false;
    this.save();
    this.#enter(found);
    this.goTo(found.plan, found.month);
    return true;
  }

  /** Go to a month of this plan or another; months that both share are kept. */
  goTo(plan: Plan, month: number): void {
    this.#settle();
    this.#restoring = month;
    this.#session.restore(plan, month);
  }

  /** Leave a plan that the program refuses. */
  takeBack(): void {
    const before = this.before;
    this.before = null;
    if (before) this.goTo(before.plan, before.month);
  }

  /** Classes that were kept, the latest first. */
  classes(): Kept[] {
    const found = keysFrom(STEM).flatMap((key) => readClass(recall(key), this.#session.content) ?? []);
    return found.sort((one, other) => other.changed - one.changed);
  }

  remove(id: string): void {
    forget(STEM + id);
  }

  // ---------------------------------------------------------------- what the class says

  answerOf(moment: number): Answer {
    return this.kept?.answers[moment] ?? unanswered;
  }

  answer(moment: number, said: Partial<Omit<Answer, "at">> ): void {
    if (!this.kept) return;
    const answer = { ...this.answerOf(moment), ...said, at: Date.now() };
    this.#change({ answers: { ...this.kept.answers, [moment]: answer } });
  }

  note(notes: string): void {
    this.#change({ notes, notesAt: Date.now() });
  }

  putAway(notice: string): void {
    this.notices = this.notices.filter((one) => one !== notice);
  }

  // ---------------------------------------------------------------- keeping it

  /** Write now. What another tab has written since is kept too. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#settle();
    if (!this.kept || !this.#session.leads || !this.kept.branches.length) return;
    this.#takeIn();
    const full = !keep(STEM + this.kept.id, this.kept);
    if (full && !this.#full) this.#notice("record.full");
    if (!full) this.putAway("record.full");
    this.#full = full;
  }

  #change(changed: Partial<Kept>): void {
    if (!this.kept) return;
    this.kept = { ...this.kept, ...changed, changed: Date.now() };
    this.#later();
  }

  #later(): void {
    this.#timer ||= window.setTimeout(() => this.save(), SAVED_EVERY);
  }

  #notice(key: string): void {
    if (!this.notices.includes(key)) this.notices = [...this.notices, key];
  }

  #enter(kept: Kept): void {
    this.kept = kept;
    this.before = null;
    this.#lived = null;
    this.putAway("record.elsewhere");
    tab.set(OPEN, kept.id);
  }

  /** Whether the address had a link in it, good or bad. */
  #followLink(): boolean {
    const asked = readLink(location.hash, this.#session.content);
    if (!asked) return false;
    forgetLink();
    if ("fault" in asked) {
      this.#notice(asked.fault);
      return false;
    }
    this.save();
    const lesson = this.#session.content.lessons.find((one) => one.name === asked.plan.lesson);
    const answers = passedBefore(lesson, asked.month);
    this.#enter({ ...newClass(asked.plan), month: asked.month, answers });
    this.goTo(asked.plan, asked.month);
    return true;
  }

  #opened(plan: Plan, from: number): void {
    this.#settle();
    if (!this.kept) this.#enter(newClass(plan));
    if (keyOf(this.kept!.plan) !== keyOf(plan)) this.before = { plan: this.kept!.plan, month: from };
    const branches = worthKeeping(this.kept!.branches, plan);
    if (!branches.some((one) => keyOf(one.plan) === keyOf(plan))) branches.push({ plan, from, month: from });
    this.#change({ plan, branches });
  }

  #came(month: number): void {
    const wanted = this.#restoring;
    if (wanted !== null && month < wanted && !this.#session.clock.playing) return;
    this.#restoring = null;
    this.#lived = month;
    this.#furthest = Math.max(this.#furthest, month);
    this.#later();
  }

  /** Note how far the class has come; not at every month, since twenty may go by in a second. */
  #settle(): void {
    const month = this.#lived;
    if (month === null || !this.kept) return;
    const furthest = this.#furthest;
    this.#lived = null;
    this.#furthest = 0;
    const now = keyOf(this.kept.plan);
    const branches = this.kept.branches.map((one) =>
      furthest > one.month && keyOf(one.plan) === now ? { ...one, month: furthest } : one,
    );
    this.kept = { ...this.kept, month, branches, changed: Date.now() };
  }

  #heard(key: string | null): void {
    if (!this.kept || key !== STEM + this.kept.id) return;
    this.#notice("record.elsewhere");
    this.#takeIn();
  }

  #takeIn(): void {
    if (!this.kept) return;
    const other = readClass(recall(STEM + this.kept.id), this.#session.content);
    if (other) this.kept = merged(this.kept, other);
  }
}
