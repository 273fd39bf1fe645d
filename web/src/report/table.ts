// The table behind a figure, and its CSV.

import type { About } from "./content";

export type Value = string | number;

export interface Table {
  heads: string[];
  rows: Value[][];
}

// What spreadsheets calculate, at once or after blanks they leave out; as `spreadsheet.py` has it for files.
const FORMULA = /^([\t\n\0]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A table whose rows say what made them, in columns that spreadsheets and programs read without more ado. */
export function traced(table: Table, about: About): Table {
  const made = { mipo_sim: about.version, config: about.config, seed: about.seed };
  return { heads: [...table.heads, ...Object.keys(made)], rows: table.rows.map((row) => [...row, ...Object.values(made)]) };
}

/** A name that every system takes for a file in its folder. */
export function fileName(...parts: string[]): string {
  return `${parts.map((part) => part.replace(/[^\w.-]+/g, "_").replace(/^[.-]+/, "")).filter(Boolean).join("-")}.csv`;
}

export function csvOf(table: Table): string {
  const cell = (value: Value) => {
    if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "";
    const text = value.replace(/\r\n?/g, "\n");
    const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [table.heads, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`\uFEFF${text}`], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
