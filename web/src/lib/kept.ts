/** Small things this browser remembers; nothing breaks where storage is blocked. */

/** Returns what was kept under a name, or null. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`cairn.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a text under a name. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`cairn.${name}`, value);
  } catch {
    // storage is blocked or full: the browser starts afresh next time
  }
}
