/** Returns up to two letters and a hue that stay the same for a text. */
export function mark(text: string): { letters: string; hue: number } {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = (words[0]?.charAt(0) ?? "") + (words[1]?.charAt(0) ?? "");
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return { letters: letters.toUpperCase() || "?", hue: hash };
}
