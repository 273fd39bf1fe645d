// Missions that a trainer keeps under a name, in the browser's store.

import { keep, recall } from "./kept";
import type { Content, Setting } from "./protocol";
import { isFields, isText, readSetting } from "./reading";

const KEY = "mipo-presets";

export type Preset = Setting & { name: string };

export class Presets {
  all = $state.raw<Preset[]>([]);
  full = $state(false);

  constructor(content: Content) {
    const given = recall(KEY);
    this.all = (Array.isArray(given) ? given : []).flatMap((one) => {
      const setting = readSetting(one, content);
      return setting && isFields(one) && isText(one.name, content.limits.name) && one.name ? [{ name: one.name, ...setting }] : [];
    });
  }

  /** Keep a mission; one of the same name gives way. */
  save(preset: Preset): void {
    this.#keep([...this.all.filter((one) => one.name !== preset.name), preset]);
  }

  remove(name: string): void {
    this.#keep(this.all.filter((one) => one.name !== name));
  }

  #keep(all: Preset[]): void {
    this.all = all.sort((one, other) => one.name.localeCompare(other.name));
    this.full = !keep(KEY, this.all);
  }
}
