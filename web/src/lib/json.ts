/** Values of properties as a reader sees them. */

/** Returns a value in one line: texts as they are, anything nested as JSON. */
export function inline(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
