// Where donors and agencies stand in the picture of the network, and what flows between them in a month.

import type { Opening } from "./protocol";
import type { Lived } from "./run.svelte";

export type Spot = { x: number; y: number; kind: string; of: number };
export type Layout = { donors: Spot[]; agencies: Spot[]; kinds: { kind: string; donor: boolean; x: number; y: number }[]; height: number };
export type Flow = { key: string; from: Spot; to: Spot; share: number };

export const WIDTH = 440;
const [DONORS_AT, AGENCIES_AT, ROW, HEAD, GAP] = [118, 262, 25, 17, 5];
const IN_A_ROW = 6;
const FAINTEST = 0.02; // of the largest flow; less is not drawn

/** Donors in a column, agencies in rows by kind. */
export function layoutOf({ agencies, donors }: Opening): Layout {
  const kinds: Layout["kinds"] = [];
  const place = (groups: { kind: string; number: number }[], donor: boolean, columns: number) => {
    const spots: Spot[] = [];
    let top = 0;
    for (const { kind, number } of groups.filter((group) => group.number > 0)) {
      kinds.push({ kind, donor, x: donor ? DONORS_AT : AGENCIES_AT - 14, y: top + 12 });
      for (let i = 0; i < number; i++) {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const step = donor ? -24 : 31;
        spots.push({ kind, of: i, x: (donor ? DONORS_AT : AGENCIES_AT) + step * column, y: top + HEAD + ROW * (row + 0.5) });
      }
      top += HEAD + ROW * Math.ceil(number / columns) + GAP;
    }
    return { spots, height: top };
  };
  const [left, right] = [place(donors, true, 3), place(agencies, false, IN_A_ROW)];
  const height = Math.max(left.height, right.height);
  const centred = (spots: { y: number }[], own: number) => spots.forEach((spot) => (spot.y += (height - own) / 2));
  centred(left.spots, left.height);
  centred(kinds.filter((kind) => kind.donor), left.height);
  centred(right.spots, right.height);
  centred(kinds.filter((kind) => !kind.donor), right.height);
  return { donors: left.spots, agencies: right.spots, kinds, height };
}

/** The largest byte of both missions in all months told, so that pictures of both can be compared. */
export const largestOf = (missions: Lived[], what: "money" | "staff"): number =>
  missions.reduce((most, lived) => lived[what].reduce((so, value) => (value > so ? value : so), most), 0);

/** Money of a month; shares are of the square of the largest byte. `month` counts from 0. */
export function flowsOf(layout: Layout, lived: Lived, month: number, largest: number): Flow[] {
  const each = layout.agencies.length;
  const first = month * layout.donors.length * each;
  const flows: Flow[] = [];
  layout.donors.forEach((from, i) =>
    layout.agencies.forEach((to, j) => {
      const share = (lived.money[first + i * each + j] / (largest || 1)) ** 2;
      if (share > FAINTEST) flows.push({ key: `${i}-${j}`, from, to, share });
    }),
  );
  return flows;
}

/** Money and staff by kind of giver and agency, for the table. */
export function sumsOf(layout: Layout, lived: Lived, month: number, scale: Opening["scale"]) {
  const each = layout.agencies.length;
  const money = (i: number, j: number) => scale.money * (lived.money[(month * layout.donors.length + i) * each + j] / 255) ** 2;
  const staff = (j: number) => scale.staff * (lived.staff[month * each + j] / 255) ** 2;
  const over = (spots: Spot[], value: (place: number) => number) => {
    const sums = new Map<string, number>();
    spots.forEach((spot, place) => sums.set(spot.kind, (sums.get(spot.kind) ?? 0) + value(place)));
    return sums;
  };
  const all = (spots: Spot[], value: (place: number) => number) => spots.reduce((so, _, place) => so + value(place), 0);
  return {
    given: over(layout.donors, (i) => all(layout.agencies, (j) => money(i, j))),
    received: over(layout.agencies, (j) => all(layout.donors, (i) => money(i, j))),
    staff: over(layout.agencies, staff),
    work: over(layout.agencies, (j) => (staff(j) * lived.delivering[month * each + j]) / 255),
  };
}
