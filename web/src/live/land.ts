// The country as a picture: which community every point of the map belongs to, where the land ends, where districts meet.
// Computed once for a size; every frame then only looks colours up.

import type { Opening } from "./protocol";

type Map = Opening["map"];

export type Land = {
  width: number;
  height: number;
  /** Community of every point. */
  community: Uint16Array;
  /** How much of the point is land, in the place where a canvas keeps opacity. */
  opacity: Uint32Array;
  /** How much a point lies on a coast or between districts, 0 to 1. */
  border: Float32Array;
  /** Where a place of the map stands, as a share of width and height. */
  place: (x: number, y: number) => [number, number];
};

const MARGIN = 0.055; // of the longer side, for the coast
const REACH = 0.34; // how far land goes around a community, in distances between districts
const [COAST, BORDER] = [0.9, 0.45]; // half the width of lines, in points

export const widthToHeight = (map: Map): number => {
  const { width, height } = bounds(map);
  return width / height;
};

export function landOf(map: Map, width: number): Land {
  const box = bounds(map);
  const height = Math.round((width * box.height) / box.width);
  const scale = width / box.width;
  const place = (x: number, y: number): [number, number] => [(x - box.left) / box.width, 1 - (y - box.bottom) / box.height];
  const at = map.communities.map((one) => place(one.x, one.y));
  const xs = Float32Array.from(at, ([x]) => x * width);
  const ys = Float32Array.from(at, ([, y]) => y * height);
  const districts = map.communities.map((one) => one.district);
  const reach = (REACH * apart(map) * scale) ** 2;

  const community = new Uint16Array(width * height);
  const pull = new Float32Array(width * height); // how strongly communities hold a point; half is the coast
  const border = new Float32Array(width * height);
  for (let y = 0, point = 0; y < height; y++) {
    for (let x = 0; x < width; x++, point++) {
      let [nearest, other, first, second] = [0, -1, Infinity, Infinity];
      for (let i = 0; i < xs.length; i++) {
        const distance = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
        pull[point] += 1 / (1 + (distance / reach) ** 2);
        if (distance < first) {
          if (districts[i] !== districts[nearest]) [other, second] = [nearest, first];
          [nearest, first] = [i, distance];
        } else if (distance < second && districts[i] !== districts[nearest]) [other, second] = [i, distance];
      }
      community[point] = nearest;
      if (other < 0 || second === Infinity) continue;
      const between = Math.hypot(xs[nearest] - xs[other], ys[nearest] - ys[other]);
      border[point] = clamped(BORDER + 0.5 - (second - first) / (2 * between)); // distance from the line between the two
    }
  }
  const opacity = new Uint32Array(width * height);
  const steepest = 1 / Math.sqrt(reach); // keeps far points, where nothing pulls, from dividing by nothing
  for (let point = 0; point < pull.length; point++) {
    const across = (pull[point + 1] ?? pull[point]) - (pull[point - 1] ?? pull[point]);
    const down = (pull[point + width] ?? pull[point]) - (pull[point - width] ?? pull[point]);
    const shore = (pull[point] - 0.5) / Math.max(Math.hypot(across, down) / 2, steepest / 20); // points from the coast
    opacity[point] = Math.round(255 * clamped(shore + 0.5)) << 24;
    border[point] = Math.max(clamped(COAST + 0.5 - Math.abs(shore)), shore > 0 ? 0.7 * border[point] : 0);
  }
  return { width, height, community, opacity, border, place };
}

const clamped = (value: number) => Math.max(0, Math.min(1, value));

function bounds(map: Map) {
  const [xs, ys] = [map.communities.map((one) => one.x), map.communities.map((one) => one.y)];
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = MARGIN * Math.max(right - left, top - bottom) + REACH * apart(map);
  return { left: left - room, bottom: bottom - room, width: right - left + 2 * room, height: top - bottom + 2 * room };
}

/** The usual distance from a district to the next. */
function apart({ districts }: Map): number {
  const distances = districts.map((one) =>
    Math.min(...districts.filter((other) => other !== one).map((other) => Math.hypot(one.x - other.x, one.y - other.y))),
  );
  const middle = distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)];
  return Number.isFinite(middle) ? middle : 70;
}
