/** The columns of a retention table, as a reader types them. */

/** Returns the whole numbers above zero in a text; null when something else is in it. */
export function lengthsIn(text: string): number[] | null {
  const numbers = text
    .split(/[,;\s]+/)
    .filter(Boolean)
    .map(Number);
  return numbers.every((number) => Number.isInteger(number) && number >= 1) ? numbers : null;
}
