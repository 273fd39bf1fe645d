// A link names an exact run and a month of it: `#plan=<base64url of its JSON>&month=37`.

import type { Content, Plan } from "./protocol";
import { readPlan } from "./reading";

const LONGEST = 40_000; // characters; the longest plan has some ten thousand

/** What a link asks for: a moment of a run, or the key of a sentence that says why it cannot be had. */
export type Asked = { plan: Plan; month: number } | { fault: string };

export function linkTo(plan: Plan, month: number): string {
  const { origin, pathname } = location;
  return `${origin === "null" ? "file://" : origin}${pathname}#plan=${encoded(JSON.stringify(plan))}&month=${month}`;
}

/** What the address asks for; null where it asks for no run. */
export function readLink(hash: string, content: Content): Asked | null {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  if (asked.get("lesson") !== null) return { fault: "link.unknown" }; // the server had none of the name that was asked for
  const text = asked.get("plan");
  if (text === null) return null;
  if (text.length > LONGEST) return { fault: "link.long" };
  const given = decoded(text);
  if (given === null) return { fault: "link.broken" };
  const plan = readPlan(given, content);
  if (!plan) return { fault: "link.unknown" };
  const month = Number(asked.get("month") ?? 0);
  if (!Number.isInteger(month) || month < 0 || month > plan.months) return { fault: "link.month" };
  return { plan, month };
}

/** A link is followed once; a reload then goes on from where the class is. */
export function forgetLink(): void {
  history.replaceState(null, "", location.pathname + location.search);
}

function encoded(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decoded(text: string): unknown {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0))));
  } catch {
    return null;
  }
}
