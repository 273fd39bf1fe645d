// Numbers as people read them.

import type { Measure } from "./content";

export const isShare = (unit: string) => unit === "share" || unit === "0 or 1";

/** A level in its unit: shares in per cent. */
export function level(value: number, unit: string, withSign = true): string {
  if (Number.isNaN(value)) return "–";
  if (!isShare(unit)) return plain(value, Math.abs(value) >= 20 ? 0 : 1);
  return `${plain(100 * value, unit === "0 or 1" ? 0 : 1)}${withSign ? "\u00a0%" : ""}`;
}

/** A change, with its sign; of shares in percentage points. */
export function change(value: number, unit: string): string {
  if (Number.isNaN(value)) return "–";
  const scaled = isShare(unit) ? 100 * value : value;
  const digits = !isShare(unit) && Math.abs(scaled) >= 20 ? 0 : 1;
  const text = plain(Math.abs(scaled), digits);
  return Number(text.replaceAll(",", "")) === 0 ? text : `${scaled > 0 ? "+" : "−"}${text}`;
}

export function plain(value: number, digits: number): string {
  return value
    .toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace(/^-/, "−");
}

/** A number of a table: enough digits to be held against the files. */
export function exact(value: number | string): string {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en-GB").replace(/^-/, "−");
  return String(Number(value.toPrecision(4))).replace(/^-/, "−");
}

/** A number beside an axis: no more digits than its ticks need. */
export function tick(value: number, unit: string, signed = false): string {
  const scaled = Number((isShare(unit) ? 100 * value : value).toPrecision(6));
  const text = Math.abs(scaled).toLocaleString("en-GB", { maximumFractionDigits: 6 });
  const sign = text === "0" ? "" : scaled < 0 ? "−" : signed ? "+" : "";
  return `${sign}${text}${isShare(unit) && !signed ? "\u00a0%" : ""}`;
}

export const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

export const count = (value: number) => value.toLocaleString("en-GB");

export function unitOf(measure: Measure | undefined, ofChange = false): string {
  if (!measure) return "";
  if (isShare(measure.unit)) return ofChange ? "percentage points" : measure.unit === "0 or 1" ? "% of worlds" : "%";
  return measure.unit;
}

/** A word of a command line: what a shell could take for something else stands in quotes. */
export const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);
