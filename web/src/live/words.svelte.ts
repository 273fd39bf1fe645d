// Every text of the page comes from a catalogue: `say(key, {placeholder: value})`.

import { keep, recall } from "./kept";
import type { Content, Language, Lesson, Text } from "./protocol";

type Catalogue = Record<string, string>;
export type Said = string | number;
/** A part of a text: plain, or a term of the field that can be explained. */
export type Piece = { words: string; term: string | null };

const KEPT = "mipo-language"; // where the browser keeps the choice

class Spoken {
  code = $state("en");
  languages = $state.raw<Language[]>([]);
  /** Whether a language is on its way, or could not be had. */
  state = $state<"ready" | "loading" | "failed">("ready");
  catalogue = $state.raw<Catalogue>({});
  /** English, for what a language does not say. */
  fallback = $state.raw<Catalogue>({});
  embedded: Content["words"] = {};
  lessons: Lesson[] = [];
}

export const spoken = new Spoken();

export async function listen(content: Content): Promise<void> {
  spoken.languages = content.languages;
  spoken.embedded = content.words;
  spoken.lessons = content.lessons;
  spoken.fallback = content.words.en ?? content.words[content.language] ?? {};
  apply(content.language, content.words[content.language] ?? spoken.fallback);
  const kept = recall(KEPT);
  if (typeof kept === "string" && kept !== content.language && content.languages.some((language) => language.code === kept)) await speak(kept);
}

/** Turn the page to a language. Where it cannot be had, the page stays as it is. */
export async function speak(code: string): Promise<void> {
  try {
    spoken.state = "loading";
    spoken.embedded[code] ??= await fetched(code);
    apply(code, spoken.embedded[code]);
    spoken.state = "ready";
    keep(KEPT, code);
  } catch {
    spoken.state = "failed";
  }
}

/** A catalogue of the program's; what its lessons say in that language joins what they say already. */
async function fetched(code: string): Promise<Catalogue> {
  const answer = await fetch(`/words/${code}.json`);
  if (!answer.ok) throw new Error(answer.statusText);
  const { words, lessons } = await answer.json();
  join(spoken.lessons, lessons);
  return words;
}

/** Take over what one of two things of the same shape has more than the other. */
function join(mine: any, more: any): void {
  for (const key of Object.keys(more)) {
    if (mine[key] && typeof mine[key] === "object") join(mine[key], more[key]);
    else mine[key] ??= more[key];
  }
}

function apply(code: string, catalogue: Catalogue): void {
  spoken.code = code;
  spoken.catalogue = catalogue;
  document.documentElement.lang = code;
  document.documentElement.dir = spoken.languages.find((language) => language.code === code)?.direction ?? "ltr";
}

// ---------------------------------------------------------------- texts

export const has = (key: string): boolean => key in spoken.catalogue || key in spoken.fallback;

/** The text of a key with its marks of terms, placeholders filled; numbers are written as the language does. */
export function marked(key: string, values: Record<string, Said> = {}): string {
  const text = spoken.catalogue[key] ?? spoken.fallback[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : apart(typeof value === "number" ? number(value) : value);
  });
}

/** Set what is filled in apart from a text that runs from right to left, so that its signs stay on their side. */
const apart = (value: string): string => (document.documentElement.dir === "rtl" ? `\u2068${value}\u2069` : value);

/** The text of a key as plain words, for labels and titles. */
export const say = (key: string, values: Record<string, Said> = {}): string => unmarked(marked(key, values));

/** `[[term|shown words]]` as the shown words alone. */
export const unmarked = (text: string): string => text.replace(/\[\[[^|\]]*\|([^\]]*)\]\]/g, "$1");

/** A text cut into plain parts and terms. */
export function pieces(text: string): Piece[] {
  return text
    .split(/(\[\[[^\]]*\]\])/)
    .filter(Boolean)
    .map((part) => {
      const found = /^\[\[([^|\]]*)\|([^\]]*)\]\]$/.exec(part);
      return found ? { term: found[1], words: found[2] } : { term: null, words: part };
    });
}

/** A lesson's own text in the language of the page, or in English, or in what there is. */
export function textOf(text: Text): string {
  if (typeof text === "string") return text;
  return text[spoken.code] ?? text.en ?? Object.values(text)[0] ?? "";
}

// ---------------------------------------------------------------- numbers

/** How numbers and days are written; the English of the catalogue is British. */
export const locale = (): string => `${spoken.code === "en" ? "en-GB" : spoken.code}-u-nu-latn`;

const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${spoken.code} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.NumberFormat(locale(), options)));
  return found;
}

export const number = (value: number, digits = 0): string => format({ maximumFractionDigits: digits }).format(value);

export const percent = (share: number, digits = 0): string =>
  format({ style: "percent", maximumFractionDigits: digits }).format(share);

/** Whether numbers of a unit are written in per cent: a share of whatever it is. */
export const isShare = (unit: string): boolean => unit.startsWith("share") || unit === "0 or 1";

/** A number in its unit, with some digits more if asked for; units that have no words say nothing to most people. */
export function quantity(value: number, unit: string, finer = 0): string {
  if (!Number.isFinite(value)) return "–";
  if (unit === "switch") return say(value > 0.5 ? "lever.yes" : "lever.no");
  const size = Math.abs(value);
  const text = isShare(unit) ? percent(value, finer + (size < 0.1 ? 1 : 0)) : number(value, finer + (size < 1 ? 2 : size < 20 ? 1 : 0));
  return has(`units.${unit}`) ? `${text}\u00a0${say(`units.${unit}`)}` : text;
}

/** Numbers in their unit, with as many digits as tell them apart, if a few do. */
export function quantities(values: number[], unit: string): string[] {
  const tries = [0, 1, 2].map((finer) => values.map((value) => quantity(value, unit, finer)));
  return tries.find((texts) => new Set(texts).size === new Set(values).size) ?? tries[0];
}

/** The same, with the unit after the last of them alone: "from 8.2 to 8.4 million dollars". */
export function inOneUnit(values: number[], unit: string): string[] {
  const after = has(`units.${unit}`) ? `\u00a0${say(`units.${unit}`)}` : "";
  return quantities(values, unit).map((text, i) => (after && i < values.length - 1 && text.endsWith(after) ? text.slice(0, -after.length) : text));
}

/** Several things in one line, as the language lists them. */
export const listed = (all: string[]): string => new Intl.ListFormat(spoken.code, { type: "unit", style: "short" }).format(all);
