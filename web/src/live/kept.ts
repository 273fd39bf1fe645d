// The browser's own store. It may be full, closed to this page, or hold what another program wrote.

/** Keep a value; whether that worked. */
export function keep(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function recall(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // What cannot be reached cannot be there.
  }
}

export function keysFrom(stem: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(stem));
  } catch {
    return [];
  }
}

/** What this tab remembers over a reload. */
export const tab = {
  get(key: string): string | null {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key: string, value: string): void {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // After a reload the class is then found in the list of classes.
    }
  },
};
