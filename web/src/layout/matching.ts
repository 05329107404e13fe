/** Something to go to, and the words by which it is found. */
export interface Place {
  key: string;
  label: string;
  group: string;
  go: () => void;
}

/**
 * Returns the places whose words contain everything that was typed, in any order; those that begin
 * with it come first.
 */
export function matching(places: readonly Place[], typed: string): Place[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const start = words.join(" ");
  return places
    .filter(({ label, group }) => {
      const text = `${label} ${group}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((a, b) => rank(a, start) - rank(b, start));
}

function rank({ label }: Place, start: string): number {
  return label.toLowerCase().startsWith(start) ? 0 : 1;
}
