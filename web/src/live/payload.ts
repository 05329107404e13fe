/** Returns what was sent with line breaks where it is JSON, and as it is where it is not. */
export function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
