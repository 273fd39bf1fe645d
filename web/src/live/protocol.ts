// What the page and the program say to each other. mipo_sim/live is the other side, and tests/test_live_protocol.py
// holds it to this.

/** An exact run: two missions in one country under the same luck. */
export type Plan = {
  scenario: string;
  seed: number;
  /** The replicate that is shown; it decides the luck. */
  world: number;
  months: number;
  missions: [Mission, Mission];
  /** The lesson that the run belongs to, or "". */
  lesson: string;
};
export type Mission = Setting & { name: string; decisions: Decision[] };
/** What is decided for a mission when `month` months have been lived. */
export type Decision = Setting & { month: number };
/** Options by group of levers, and single levers by dotted name, which go before them. */
export type Setting = { choices: Record<string, string>; levers: Record<string, number> };

// ---------------------------------------------------------------- what the page is made with

export type Lever = { name: string; default: number; low: number; high: number; unit: string; whole: boolean };
/** `sets` holds the levers that an option sets to other than their default; a case was made for one stylised case. */
export type Option = { name: string; sets: Record<string, number>; case: boolean };
export type Group = { name: string; levers: Lever[]; options: Option[] };
/** `chooses` holds a situation's option of every group. */
export type Situation = {
  name: string;
  months: number;
  stylised: boolean;
  chooses: Record<string, string>;
};
export type Line = { name: string; unit: string; better: "more" | "less" | "neither"; low: number; high: number };
/** What is measured of a whole run; `matters` is the smallest difference that does, 0 where none is declared. */
export type Outcome = Pick<Line, "name" | "unit" | "better"> & { matters: number };
/** What the program takes for a plan: numbers from and to; of a mission, how many decisions and letters of a name. */
export type Limits = { world: Range; seed: Range; months: Range; decisions: number; name: number };
type Range = [number, number];
export type Language = { code: string; name: string; direction: "ltr" | "rtl" };
export type Content = {
  kind: "live";
  version: string;
  role: "trainer" | "viewer" | "file";
  /** Address and code for viewers, where the page is shared. */
  share: { addresses: string[]; code: string } | null;
  language: string;
  languages: Language[];
  /** Catalogues by language; a served page comes with one, a file with all. */
  words: Record<string, Record<string, string>>;
  situations: Situation[];
  groups: Group[];
  lines: Line[];
  outcomes: Outcome[];
  lessons: Lesson[];
  limits: Limits;
  /** Seed of a run for which nobody chose one. */
  seed: number;
  /** How many other worlds stand behind the one that is shown. */
  worlds: number;
  /** Only in a file: the recorded run, all that was told of it, and what the class did. */
  recorded: { told: Told[]; record: unknown; month: number } | null;
};

// ---------------------------------------------------------------- lessons

/** A text in one language, or by language. */
export type Text = string | Record<string, string>;
export type Lesson = {
  name: string;
  title: Text;
  theme: Text;
  about: Text;
  minutes: number;
  claims: string[];
  plan: Plan;
  /** Names of the missions; in the plan itself they are in one language. */
  names: [Text, Text];
  moments: Moment[];
  debrief: Text[];
};
export type Moment = {
  month: number;
  question: Text;
  note: Text;
  predict: Prediction | null;
  options: Choice[];
  /** Month in which the class looks at what it predicted. */
  reveal: number;
};
/** `line` asks which mission is higher at `month`, by more than `margin`; `relapse` who is back at war by then. */
export type Prediction = { kind: "line" | "relapse"; line: string; month: number; margin: number };
export type Choice = { label: Text; says: Text; missions: number[]; setting: Setting };

// ---------------------------------------------------------------- asked

export type Asked =
  | { ask: "open"; id: number; plan: Plan; from: number }
  | { ask: "close"; id: number }
  | { ask: "why"; id: number; of: Node; mission: number; month: number }
  | { ask: "show"; shown: Shown };
/** What the trainer's page shows, for those who follow. */
export type Shown = { plan: Plan; month: number; playing: boolean; speed: number; view: string };
/**
 * A state of an actor. `row` is an agency, donor, leader, armed group ...; for districts and communities it is
 * the district (the mean of its communities); null means all, or the only one.
 */
export type Node = { kind: string; state: string; row: number | null };

// ---------------------------------------------------------------- told

export type Told = Opening | Months | Done | Band | Reasons | Why | Refusal | { tell: "shown"; shown: Shown };
export type Opening = {
  tell: "opening";
  id: number;
  plan: Plan;
  digest: string;
  version: string;
  /** First month that follows; those before are as they were told for the run this one branched from. */
  from: number;
  map: {
    name: string;
    districts: { name: string; x: number; y: number; people: number; border: string; remoteness: number }[];
    communities: { x: number; y: number; people: number; district: number }[];
    abroad: string[];
  };
  agencies: { kind: string; number: number }[];
  donors: { kind: string; number: number }[];
  leaders: string[];
  /** What 255 stands for: $m a month from a donor to an agency, and an agency's staff. */
  scale: { money: number; staff: number };
};
export type Months = {
  tell: "months";
  id: number;
  from: number;
  to: number;
  missions: [MissionMonths, MissionMonths];
  events: Happening[];
};
/** Base64 texts hold bytes, [month, ...] in row order; a share of 1 is 255. */
export type MissionMonths = {
  /** A number a month for every line, in its unit. */
  lines: Record<string, number[]>;
  /** [month, community] */
  places: { trust: string; need: string; violence: string };
  /** [month, donor, agency], square root of the share of scale.money */
  money: string;
  /** [month, agency], square root of the share of scale.staff */
  staff: string;
  /** [month, agency]: share of staff time that is left for the work */
  delivering: string;
  /** absent, deployed, leaving, office or gone, a month */
  status: string[];
};
/** `what` names a sentence of the catalogue, `events.<what>`. */
export type Happening = {
  key: string;
  month: number;
  mission: number;
  what: string;
  district: number | null;
  who: number | null;
  value: number | null;
  before: number | null;
  /** How much it weighs: 3 turns the story, 2 matters, 1 is passing. */
  weight: number;
  of: Node;
};
export type Done = { tell: "done"; id: number };
/** Causes by the key of an event, the strongest first. */
export type Reasons = { tell: "reasons"; id: number; reasons: Record<string, Cause[]> };
/**
 * What would have been otherwise, had one thing stayed as it was a year before ("before"),
 * or been as in the other mission ("other"), all else left to run by the rules.
 */
export type Cause = {
  what: "state" | "lever";
  /** `kind.state`, a lever, or a whole group of levers (then `was` and `is` are 0). */
  name: string;
  row: number | null;
  against: "before" | "other";
  /** The cause's own value then or there, and now and here. */
  was: number;
  is: number;
  /** Unit of the cause; "" of a whole group of levers. */
  unit: string;
  /** What the effect would have been. */
  without: number;
  /** Whether it moved the effect the way it went, and did not hold it back. */
  pushed: boolean;
  /** Whether chance moves it by itself. */
  luck: boolean;
};
export type Why = {
  tell: "why";
  id: number;
  of: Node;
  mission: number;
  month: number;
  unit: string;
  /** The effect now, a year before, and in the other mission. */
  value: number;
  before: number;
  other: number;
  /** Whether chance moves the effect itself. */
  luck: boolean;
  causes: Cause[];
  /** Levers that the rules behind it read, with their values in this mission. */
  levers: Record<string, number>;
};
/** How it went in other worlds: a number a month each. */
export type Band = {
  tell: "band";
  id: number;
  worlds: number;
  missions: [BandOfMission, BandOfMission];
  /** Share of worlds in which the second mission is higher, or lower, by more than the margin of the line. */
  pairs: Record<string, { margin: number; more: number[]; less: number[] }>;
  /** Outcomes of the second mission less the first: mean and 95 % interval, world by world. */
  differences: Record<string, [number, number, number]>;
};
export type BandOfMission = {
  /** 5 %, 50 % and 95 % of worlds. */
  lines: Record<string, { low: number[]; middle: number[]; high: number[] }>;
  /** Share of worlds back at war by the end of a month. */
  relapsed: number[];
  /** Mean and 95 % interval of outcomes of whole runs. */
  outcomes: Record<string, [number, number, number]>;
};
/** `key` names a sentence of the catalogue where there is one, `text` says it in English. */
export type Refusal = { tell: "refusal"; id: number | null; key: string; text: string };
