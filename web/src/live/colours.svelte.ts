// Colours as numbers, for what is drawn point by point; read again when the theme changes, never while drawing.

import type { Measure } from "./session.svelte";

type Colour = [number, number, number];
type Ramp = [string, string, string];

// From little to much. Lightness alone tells them apart, so that no kind of colour blindness hides a difference.
const RAMPS: Record<"light" | "dark", Record<Measure, Ramp>> = {
  light: {
    trust: ["#f4efdf", "#6fb0ad", "#0d3f57"],
    need: ["#f3eee6", "#c48bb4", "#511b5e"],
    violence: ["#f5efe0", "#ec9f46", "#7d1d06"],
  },
  dark: {
    trust: ["#262c34", "#2c7d92", "#d5f3fa"],
    need: ["#262c34", "#9c5196", "#fbdff5"],
    violence: ["#262c34", "#c65a1a", "#ffe6ae"],
  },
};

/** The share from which on a colour is the strongest; a quarter of all violence that there can be already counts as war. */
export const FULL: Record<Measure, number> = { trust: 1, need: 1, violence: 0.5 };

class Colours {
  dark = $state(document.documentElement.dataset.theme === "dark");

  constructor() {
    const watch = new MutationObserver(() => (this.dark = document.documentElement.dataset.theme === "dark"));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  /** Colours of a share, 0 to 255, packed as a canvas holds them, without their opacity. */
  table(measure: Measure): Uint32Array {
    const table = new Uint32Array(256);
    const [low, middle, high] = RAMPS[this.dark ? "dark" : "light"][measure].map(parsed);
    for (let place = 0; place < 256; place++) {
      const part = Math.min(2, (2 * place) / 255 / FULL[measure]);
      table[place] = packed(part < 1 ? mixed(low, middle, part) : mixed(middle, high, part - 1));
    }
    return table;
  }

  /** The same from left to right, for a legend. */
  gradient(measure: Measure): string {
    return `linear-gradient(to right, ${RAMPS[this.dark ? "dark" : "light"][measure].join(", ")})`;
  }

  /** Colours of the style sheet by name. */
  named<Name extends string>(...names: Name[]): Record<Name, string> {
    void this.dark;
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<Name, string>;
  }
}

export const colours = new Colours();

const parsed = (text: string): Colour => [1, 3, 5].map((place) => parseInt(text.slice(place, place + 2), 16)) as Colour;

const packed = ([red, green, blue]: Colour): number => (blue << 16) | (green << 8) | red;

export const packedText = (text: string): number => packed(parsed(text));

// Mixed as light adds up, so that the middle of two colours does not turn to mud.
const mixed = (one: Colour, other: Colour, part: number): Colour =>
  one.map((value, i) => Math.round(Math.sqrt((1 - part) * value ** 2 + part * other[i] ** 2))) as Colour;
