/** What was asked before, so that every change can be taken back. */

const TOGETHER_MS = 600;
const LONGEST = 200;

export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  changedAt: number;
}

/** Returns a history that begins with a value. */
export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], changedAt: 0 };
}

/** Returns the history after a change; changes in quick succession, as in typing, are one. */
export function changed<T>(history: History<T>, next: T, now: number): History<T> {
  const together = history.past.length > 0 && now - history.changedAt < TOGETHER_MS;
  const past = together ? history.past : [...history.past, history.present].slice(-LONGEST);
  return { past, present: next, future: [], changedAt: now };
}

/** Returns the history one change earlier. */
export function undone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  if (past.length === 0) return history;
  return {
    past: past.slice(0, -1),
    present: past[past.length - 1] as T,
    future: [present, ...future],
    changedAt: 0,
  };
}

/** Returns the history with the last undone change made again. */
export function redone<T>(history: History<T>): History<T> {
  const { past, present, future } = history;
  if (future.length === 0) return history;
  return {
    past: [...past, present],
    present: future[0] as T,
    future: future.slice(1),
    changedAt: 0,
  };
}
