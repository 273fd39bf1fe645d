// The run that the page holds: the months told so far. A branch overwrites the months from where it leaves the old run.

import type { Band, Cause, Done, Happening, MissionMonths, Months, Opening, Plan, Reasons, Why } from "./protocol";

/** Months of one mission; bytes stand in row order [month, ...], a share of 1 is 255. */
export type Lived = {
  lines: Record<string, Float64Array>;
  trust: Uint8Array;
  need: Uint8Array;
  violence: Uint8Array;
  money: Uint8Array;
  staff: Uint8Array;
  delivering: Uint8Array;
  status: string[];
};

/** Lines of the run that this one branched from, in the months that were lived of it alone. */
export type Ghost = { missions: Lived["lines"][]; from: number; until: number };

export class Run {
  id = $state(0);
  opening = $state.raw<Opening | null>(null);
  /** How many months have been told. */
  known = $state(0);
  done = $state(false);
  /** In the order of months. */
  events = $state.raw<Happening[]>([]);
  reasons = $state.raw<Record<string, Cause[]>>({});
  band = $state.raw<Band | null>(null);
  /** Months to which the band holds: after a branch, the old one holds up to it until the new one has come. */
  bandUntil = $state(0);
  whys = $state.raw<Why[]>([]);
  ghost = $state.raw<Ghost | null>(null);
  /** What was told, month by month; read it again when `known` or `id` has changed. */
  missions: [Lived, Lived] = [empty(), empty()];

  #months = 0;
  #seen = 0;

  /** The clock has come to a month. */
  saw(month: number): void {
    this.#seen = Math.max(this.#seen, month);
  }

  /** A plan is asked for; months before `from` stay. `branches`: it is the same country as before. */
  begin(plan: Plan, id: number, from: number, branches = false): void {
    if (!branches) this.ghost = null;
    else if (this.#seen > from) this.ghost = this.#left(from);
    this.#seen = from;
    if (from === 0 || plan.months !== this.#months) {
      this.opening = null;
      this.missions = [empty(), empty()];
      this.band = null;
      from = 0;
    }
    this.#months = plan.months;
    this.id = id;
    this.known = Math.min(this.known, from);
    this.done = false;
    this.#keepEvents(from);
    this.whys = this.whys.filter((why) => why.month < from);
    this.bandUntil = Math.min(this.bandUntil, from);
  }

  /** The same run goes on after the connection was lost. */
  continue(id: number): void {
    this.id = id;
  }

  take(told: Opening | Months | Done | Band | Reasons | Why): void {
    if (told.tell === "opening") this.#opened(told);
    else if (told.tell === "months") this.#lived(told);
    else if (told.tell === "done") this.done = true;
    else if (told.tell === "reasons") this.reasons = { ...this.reasons, ...told.reasons };
    else if (told.tell === "why") this.whys = [...this.whys, told];
    else {
      this.band = told;
      this.bandUntil = this.#months;
    }
  }

  #left(from: number): Ghost {
    const missions = this.missions.map(({ lines }) =>
      Object.fromEntries(Object.entries(lines).map(([name, values]) => [name, values.slice()])),
    );
    return { missions, from, until: this.#seen };
  }

  #opened(opening: Opening): void {
    this.opening = { ...opening, ...this.#sameCountry(opening) };
    this.known = Math.min(this.known, opening.from);
    this.#keepEvents(opening.from);
  }

  /** What a branch shares with the run before, as the same objects: the map is then not drawn up anew. */
  #sameCountry(opening: Opening): Partial<Opening> {
    const before = this.opening;
    if (!before || JSON.stringify(before.map) !== JSON.stringify(opening.map)) return {};
    const { map, agencies, donors } = before;
    return { map, agencies, donors };
  }

  #keepEvents(until: number): void {
    this.events = this.events.filter((event) => event.month < until);
    const reasons = this.events.flatMap(({ key }) => (key in this.reasons ? [[key, this.reasons[key]] as const] : []));
    this.reasons = Object.fromEntries(reasons);
  }

  #lived(told: Months): void {
    if (!this.opening || told.from > this.known) return; // months before it are missing
    told.missions.forEach((months, place) => {
      if (!this.missions[place].trust.length) this.missions[place] = this.#room(months, this.opening!);
      write(this.missions[place], months, told.from);
    });
    this.events = [...this.events.filter((event) => event.month < told.from), ...told.events];
    this.known = told.to;
  }

  #room(months: MissionMonths, opening: Opening): Lived {
    const sum = (kinds: { number: number }[]) => kinds.reduce((so, kind) => so + kind.number, 0);
    const [agencies, donors] = [sum(opening.agencies), sum(opening.donors)];
    const bytes = (each: number) => new Uint8Array(this.#months * each);
    const places = opening.map.communities.length;
    return {
      lines: Object.fromEntries(Object.keys(months.lines).map((name) => [name, new Float64Array(this.#months)])),
      ...{ trust: bytes(places), need: bytes(places), violence: bytes(places) },
      ...{ money: bytes(donors * agencies), staff: bytes(agencies), delivering: bytes(agencies) },
      status: [],
    };
  }
}

function write(lived: Lived, months: MissionMonths, from: number): void {
  for (const [name, values] of Object.entries(months.lines)) lived.lines[name].set(values, from);
  months.status.forEach((status, place) => (lived.status[from + place] = status));
  const { money, staff, delivering, places } = months;
  for (const [name, text] of Object.entries({ ...places, money, staff, delivering })) {
    const bytes = decoded(text);
    const each = bytes.length / months.status.length;
    lived[name as "trust"].set(bytes, from * each);
  }
}

function decoded(text: string): Uint8Array {
  const plain = atob(text);
  const bytes = new Uint8Array(plain.length);
  for (let place = 0; place < plain.length; place++) bytes[place] = plain.charCodeAt(place);
  return bytes;
}

const empty = (): Lived => ({
  lines: {},
  ...{ trust: new Uint8Array(), need: new Uint8Array(), violence: new Uint8Array() },
  ...{ money: new Uint8Array(), staff: new Uint8Array(), delivering: new Uint8Array() },
  status: [],
});
