/** Numbers in the reader's locale. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** Returns a count with its separators. */
export function count(value: number): string {
  return whole.format(value);
}

/** Returns a count with its noun: `1 person`, `2,000 people`. */
export function plural(value: number, one: string, many: string): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}
