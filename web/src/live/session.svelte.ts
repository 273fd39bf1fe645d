// What all parts of the page share: the plan, its run, the clock, and what can be done with them.
//
// Who calls what:
//   Live.svelte      makes the one Session and gives it to every part as the property `session`.
//   Setup.svelte     recordOf(session).start(plan) - a class begins; its record calls session.start(plan), a new run from its
//                    first month, and the page turns to the stage.
//   Levers.svelte    session.decide(missions, setting) - from the present month on, past and luck kept.
//   Moment.svelte    session.clock.hold = month - the clock stops there, and jumps no further, until it is null or later;
//                    session.decide(...).
//   Debrief.svelte   session.run (lines, events, band), session.plan; session.view = "debrief" shows it.
//   Why.svelte       shows itself while session.explaining is set; session.why(...) asks, session.explaining = null closes.
//   Share, File      session.plan and the month of session.clock name the moment.
//   record           session.restore(plan, month) goes to a moment, of a link or kept; session.onPlan(hook) - every plan that
//                    is opened, and the month it branches from; session.onMonth(hook) - each month that the clock comes to.
//   Stage.svelte     mounts <Levers {session} />, <Moment {session} />, <Why {session} />, <Share {session} />.
//   Live.svelte      mounts <Setup {session} />, <Debrief {session} /> by session.view, and <Language /> in its header.
//   Stage and parts  read run and clock, call clock.play, pause, step, seek, and session.explain(event).
//
// Texts: ./words.svelte has say (plain), marked (for <Marked text={...} />, which explains [[term|words]]), textOf (lessons),
// quantity, number, percent, speak (turns the language) and spoken (code, languages, state).
//
// Months: `clock.lived` is how many months have been lived, 0 to plan.months. Decisions, moments and predictions stand at
// such a number, and people are told it as it is: "month 12" is the moment after twelve months. What happened in a month
// is told with that month's number from 0, and people are told month + 1: what follows a decision at 12 comes in month 13.

import { Clock } from "./clock.svelte";
import { Connection } from "./connection.svelte";
import { fromStart, namesOf } from "./draft";
import { lessonOf } from "./form";
import type { Content, Decision, Happening, Lesson, Node, Plan, Refusal, Setting, Shown, Told, Why } from "./protocol";
import { Run } from "./run.svelte";

export type View = "setup" | "stage" | "debrief";
export type Measure = "trust" | "need" | "violence";
/** The lines that a page begins with; the others are a choice away. */
const FIRST_LINES = ["violence", "need_met", "trust", "overhead"];

/** What is to be explained: a state of a mission in a month (numbered from 0), and the event that shows it, if one does. */
export type Question = { of: Node; mission: number; month: number; event: Happening | null };

export class Session {
  readonly content: Content;
  readonly run = new Run();
  readonly clock: Clock;
  readonly connection: Connection;

  plan = $state.raw<Plan | null>(null);
  view = $state<View>("setup");
  /** What the map shows. */
  measure = $state<Measure>("trust");
  /** Names of the lines that are shown, two to four. */
  lines = $state.raw<string[]>([]);
  explaining = $state.raw<Question | null>(null);
  refusal = $state.raw<Refusal | null>(null);

  #id = 0;
  /** Whether a follower has to open anew what it follows. */
  #late = false;
  #whys: { question: Question; answer: (why: Why) => void; refuse: (refusal: Refusal) => void }[] = [];
  #planHooks = new Set<(plan: Plan, from: number) => void>();

  constructor(content: Content) {
    this.content = content;
    this.lines = FIRST_LINES.filter((name) => content.lines.some((line) => line.name === name));
    this.clock = new Clock({ known: () => this.run.known, length: () => this.plan?.months ?? 0 });
    this.connection = new Connection(content.role !== "file", {
      told: (told) => this.#take(told),
      opened: () => this.#resume(),
    });
    this.clock.onMonth((month) => this.run.saw(month));
    if (content.recorded) this.#replay(content.recorded.told, content.recorded.month);
  }

  get role(): Content["role"] {
    return this.content.role;
  }
  /** Whether this page decides: viewers and files only look. */
  get leads(): boolean {
    return this.role === "trainer";
  }
  /** The lesson that the plan belongs to. */
  get lesson(): Lesson | null {
    return this.plan && lessonOf(this.content, this.plan);
  }
  /** What the two missions are called. */
  get names(): string[] {
    return this.plan ? namesOf(this.content, this.plan) : [];
  }

  // ---------------------------------------------------------------- what can be done

  /** A new run, shown from `month`. */
  start(plan: Plan, month = 0): void {
    this.clock.pause();
    this.#open(plan, 0, false);
    this.view = "stage";
    this.clock.seek(month);
  }

  /** As `start`, but keeps the months that this plan shares with the one before. */
  restore(plan: Plan, month: number): void {
    this.clock.pause();
    this.#open(plan, this.plan && this.run.opening ? firstDifference(this.plan, plan) : 0);
    this.view = "stage";
    this.clock.seek(month);
  }

  /**
   * Decide for one mission or several, from the present month on. The past and the luck stay;
   * decisions of later months fall away, since they answered another past.
   */
  decide(missions: number | number[], setting: Setting): void {
    if (!this.plan || !this.leads || this.clock.lived >= this.plan.months) return;
    const month = this.clock.lived;
    const deciding = [missions].flat();
    const decided = this.plan.missions.map((mission, place) => {
      const earlier = mission.decisions.filter((decision) => decision.month < month);
      const same = mission.decisions.filter((decision) => decision.month === month);
      const now = deciding.includes(place) ? [...same, { month, ...setting }] : same;
      return { ...mission, decisions: now.length ? [...earlier, now.reduce(together)] : earlier };
    });
    this.#open({ ...this.plan, missions: decided as Plan["missions"] }, month);
  }

  /** Open the explanation of an event. */
  explain(event: Happening): void {
    this.explaining = { of: event.of, mission: event.mission, month: event.month, event };
  }

  /** The causes of a state. Rejected with a Refusal where they cannot be had. */
  why(question: Question): Promise<Why> {
    const told = this.run.whys.find((why) => answers(why, question));
    if (told) return Promise.resolve(told);
    return new Promise((answer, refuse) => {
      if (this.role === "file") return refuse(notRecorded(this.run.id));
      this.#whys.push({ question, answer, refuse });
      if (this.#begun) this.#askWhy(question);
    });
  }

  /** Call `hook` at every month that the clock comes to, in order; returns how to stop that. */
  onMonth(hook: (month: number) => void): () => void {
    return this.clock.onMonth(hook);
  }

  /** Call `hook` with every plan that is opened and the month it branches from; returns how to stop that. */
  onPlan(hook: (plan: Plan, from: number) => void): () => void {
    this.#planHooks.add(hook);
    return () => this.#planHooks.delete(hook);
  }

  // ---------------------------------------------------------------- between the page and the program

  #open(plan: Plan, shared: number, branches = true): void {
    const from = Math.min(shared, this.run.known);
    if (this.plan) this.connection.ask({ ask: "close", id: this.run.id });
    this.run.begin(plan, (this.#id += 1), from, branches && sameStart(this.plan, plan));
    this.plan = plan;
    this.refusal = null;
    this.#forgetQuestions(from);
    this.clock.branched(from);
    this.connection.ask({ ask: "open", id: this.run.id, plan, from });
    for (const hook of this.#planHooks) hook(plan, from);
  }

  /** After the connection came back: go on from the months that the page has. */
  #resume(): void {
    if (!this.plan) return;
    if (this.role === "viewer") {
      this.#late = true; // the trainer may be elsewhere by now, and what is shown comes next
      return;
    }
    const plan = this.plan;
    this.run.continue((this.#id += 1));
    this.connection.ask({ ask: "open", id: this.run.id, plan, from: this.run.known });
  }

  /** Months from `from` on are not as they were: what was asked of them has no answer any longer. */
  #forgetQuestions(from: number): void {
    const gone = this.#whys.filter(({ question }) => question.month >= from);
    this.#whys = this.#whys.filter(({ question }) => question.month < from);
    for (const { refuse } of gone) refuse(runClosed(this.run.id));
    if (this.explaining && this.explaining.month >= from) this.explaining = null;
  }

  /** Whether the program has begun to tell the run; before, it can be asked nothing about it. */
  get #begun(): boolean {
    return this.run.opening?.id === this.run.id;
  }

  #askWhy({ of, mission, month }: Question): void {
    this.connection.ask({ ask: "why", id: this.run.id, of, mission, month });
  }

  #take(told: Told): void {
    if (told.tell === "shown") return this.#follow(told.shown);
    if (told.tell === "refusal") return this.#refused(told);
    if (told.id !== this.run.id) return; // of a run that the page has left
    if (told.tell === "why") {
      this.#whys.filter((asked) => answers(told, asked.question)).forEach((asked) => asked.answer(told));
      this.#whys = this.#whys.filter((asked) => !answers(told, asked.question));
    }
    this.run.take(told);
    if (told.tell === "months") this.clock.arrived();
    if (told.tell === "opening") for (const { question } of this.#whys) this.#askWhy(question); // by the run's new number
  }

  #refused(refusal: Refusal): void {
    if (refusal.id !== null && refusal.id !== this.run.id) return;
    const asked = this.#whys;
    this.#whys = [];
    asked.forEach(({ refuse }) => refuse(refusal));
    if (asked.length && this.#begun) return; // else the run is refused, and with it all that waited to be asked
    if (refusal.id !== null || !this.refusal) this.refusal = refusal; // what followers cannot be shown either is no news
  }

  /** What the trainer shows to those who follow. */
  get shown(): Shown | null {
    if (!this.plan || this.view === "setup") return null;
    const { month, playing, speed } = this.clock;
    return { plan: this.plan, month, playing, speed, view: [this.view, this.measure, ...this.lines].join(" ") };
  }

  #follow(shown: Shown): void {
    if (this.role !== "viewer") return;
    const shared = this.plan && this.run.opening ? firstDifference(this.plan, shown.plan) : 0;
    if (this.#late || shared < shown.plan.months) this.#open(shown.plan, shared);
    this.#late = false;
    const [view, measure, ...lines] = shown.view.split(" ");
    this.view = view as View;
    this.measure = measure as Measure;
    this.lines = lines;
    this.clock.follow(shown.month, shown.playing, shown.speed);
  }

  #replay(told: Told[], month: number): void {
    for (const one of told) {
      if (one.tell === "opening") {
        this.run.begin(one.plan, one.id, one.from);
        this.plan = one.plan;
      }
      this.#take(one);
    }
    this.view = "stage";
    this.clock.seek(month);
  }
}

const together = (one: Decision, other: Decision): Decision => ({
  month: one.month,
  choices: { ...one.choices, ...other.choices },
  levers: { ...one.levers, ...other.levers },
});

const answers = (why: Why, { of, mission, month }: Question) =>
  why.mission === mission && why.month === month && why.of.kind === of.kind && why.of.state === of.state && why.of.row === of.row;

const notRecorded = (id: number): Refusal => ({ tell: "refusal", id, key: "state.not_recorded", text: "This was not recorded." });
const runClosed = (id: number): Refusal => ({ tell: "refusal", id, key: "refusal.closed", text: "This run is not open any longer." });

/** Whether two plans differ in nothing but what was decided on the way. */
const sameStart = (one: Plan | null, other: Plan) => !!one && JSON.stringify(fromStart(one)) === JSON.stringify(fromStart(other));

/** First month in which two plans differ; the length of the run where they do not. */
function firstDifference(one: Plan, other: Plan): number {
  const before = (plan: Plan, month: number) =>
    JSON.stringify({
      ...plan,
      missions: plan.missions.map((mission) => ({
        ...mission,
        decisions: mission.decisions.filter((decision) => decision.month < month),
      })),
    });
  const months = [one, other].flatMap((plan) => plan.missions.flatMap((mission) => mission.decisions.map((decision) => decision.month)));
  for (const month of [0, ...months.map((month) => month + 1)].sort((a, b) => a - b)) {
    if (before(one, month) !== before(other, month)) return Math.max(0, month - 1);
  }
  return one.months;
}
