// The cells that are kept by the filters, and what can be said about them.

import type { Maybe, Measure, Plane } from "./content";
import { agrestiMin, clusteredShare, LEVEL, student, survival, wilson, type Interval, type SurvivalMonth } from "./statistics";

export interface Estimate extends Interval {
  value: number;
  n: number;
}

export interface Verdict {
  leader: number;
  possible: number[];
  clear: boolean;
}

const number = (value: Maybe | undefined) => value ?? NaN;

export class View {
  readonly rows: number[];
  readonly columns: number[];
  private readonly places = new Map<string, number>();
  private readonly pairPlaces = new Map<string, number>();

  constructor(
    readonly plane: Plane,
    readonly measures: Map<string, Measure>,
    hidden: ReadonlySet<string>,
  ) {
    const kept = (side: Plane["rows"]) =>
      side.levels
        .map((_, place) => place)
        .filter((place) => !side.axes.some((axis, i) => hidden.has(`${axis.name}=${side.levels[place][i]}`)));
    const { row, column } = plane.cells;
    row.forEach((r, cell) => this.places.set(`${r},${column[cell]}`, cell));
    plane.pairs?.of.forEach(([one, other], pair) => this.pairPlaces.set(`${one},${other}`, pair));
    const [rows, columns] = [kept(plane.rows), kept(plane.columns)];
    this.rows = rows.filter((r) => columns.some((c) => this.places.has(`${r},${c}`)));
    this.columns = columns.filter((c) => rows.some((r) => this.places.has(`${r},${c}`)));
  }

  cell(row: number, column: number): number {
    return this.places.get(`${row},${column}`) ?? -1;
  }

  /** Rows that have a cell in a column. */
  rowsIn(column: number): number[] {
    return this.rows.filter((row) => this.cell(row, column) >= 0);
  }

  /** Every cell that is kept. */
  get cells(): { row: number; column: number; cell: number }[] {
    return this.columns.flatMap((column) =>
      this.rowsIn(column).map((row) => ({ row, column, cell: this.cell(row, column) })),
    );
  }

  get worlds(): number {
    return this.cells.reduce((sum, { cell }) => sum + this.plane.cells.worlds[cell], 0);
  }

  estimate(outcome: string, cell: number, level = LEVEL): Estimate {
    const found = this.plane.statistics[outcome];
    const n = found?.n[cell] ?? 0;
    if (!n) return { value: NaN, low: NaN, high: NaN, n: 0 };
    if (found.events) return { value: found.events[cell] / n, n, ...wilson(found.events[cell], n, level) };
    const value = number(found.mean?.[cell]);
    if (!found.error) return { value, n, ...student(value, number(found.sd?.[cell]) / Math.sqrt(n), n - 1, level) };
    const [error, freedom] = [number(found.error[cell]), this.plane.freedom?.[cell] ?? 0];
    const interval = this.measures.get(outcome)?.unit === "0 or 1" ? clusteredShare : student;
    return { value, n, ...interval(value, error, freedom, level) };
  }

  /** One cell less another, world by world; null where the two were not compared. */
  difference(outcome: string, cell: number, other: number, level = LEVEL): Estimate | null {
    const found = this.plane.pairs?.outcomes[outcome];
    const forward = this.pairPlaces.get(`${cell},${other}`);
    const pair = forward ?? this.pairPlaces.get(`${other},${cell}`);
    if (!found || pair === undefined) return null;
    const sign = forward === undefined ? -1 : 1;
    const n = found.n[pair];
    if (!n) return { value: NaN, low: NaN, high: NaN, n };
    if (found.more && found.less) {
      const counts = [found.more[pair], found.less[pair]];
      if (sign < 0) counts.reverse();
      return { value: (counts[0] - counts[1]) / n, n, ...agrestiMin(counts[0], counts[1], n, level) };
    }
    const value = sign * number(found.mean?.[pair]);
    return { value, n, ...student(value, number(found.sd?.[pair]) / Math.sqrt(n), n - 1, level) };
  }

  /** 1 where more of an outcome is better, -1 where less is, 0 where neither is. */
  sign(outcome: string): number {
    const better = this.measures.get(outcome)?.better;
    return better === "more" ? 1 : better === "less" ? -1 : 0;
  }

  /** Which rows may be best in a column, by simultaneous paired intervals; null where that cannot be told. */
  best(outcome: string, column: number): Verdict | null {
    const sign = this.sign(outcome);
    const rows = this.rowsIn(column).filter((row) => this.estimate(outcome, this.cell(row, column)).n);
    if (!sign || rows.length < 2) return null;
    const level = 1 - (1 - LEVEL) / ((rows.length * (rows.length - 1)) / 2);
    const value = (row: number) => sign * this.estimate(outcome, this.cell(row, column)).value;
    const leader = rows.reduce((so, row) => (value(row) > value(so) ? row : so));
    const beaten = new Set<number>();
    for (const row of rows) {
      for (const other of rows) {
        if (row === other) continue;
        const change = this.difference(outcome, this.cell(other, column), this.cell(row, column), level);
        if (!change) return null;
        if (clearly(change, sign)) beaten.add(row);
      }
    }
    const possible = rows.filter((row) => !beaten.has(row));
    return { leader, possible, clear: possible.length === 1 };
  }

  /** How much worse than the best a row is at most, over columns in which all rows have a cell. */
  regret(outcome: string, row: number, columns: number[]): Estimate | null {
    const sign = this.sign(outcome);
    const pairs = (this.rows.length * (this.rows.length - 1)) / 2;
    const level = 1 - (1 - LEVEL) / (pairs * columns.length);
    const worst: Estimate = { value: 0, low: 0, high: 0, n: 0 };
    for (const column of columns) {
      const mine = this.cell(row, column);
      worst.n += this.estimate(outcome, mine).n;
      for (const other of this.rows) {
        if (other === row) continue;
        const change = this.difference(outcome, this.cell(other, column), mine, level);
        if (!change || Number.isNaN(change.low)) return null;
        const [low, high] = sign > 0 ? [change.low, change.high] : [-change.high, -change.low];
        worst.value = Math.max(worst.value, sign * change.value);
        worst.low = Math.max(worst.low, low);
        worst.high = Math.max(worst.high, high);
      }
    }
    return worst;
  }

  survival(cell: number): SurvivalMonth[] {
    const found = this.plane.survival;
    return found?.lost && found.left ? survival(found.lost[cell], found.left[cell]) : [];
  }

  row(place: number): string {
    return this.plane.rows.labels[place];
  }

  column(place: number): string {
    return this.plane.columns.labels[place];
  }
}

/** Whether a difference is better than nothing beyond chance. */
export function clearly(change: Interval, sign: number): boolean {
  return (sign > 0 ? change.low : -change.high) > 0;
}
