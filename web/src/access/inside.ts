/** Returns a path of this site; any other address, which a link may have smuggled in, is the start. */
export function inside(path: string | undefined): string {
  if (path === undefined || !path.startsWith("/")) return "/";
  const here = "https://here.invalid";
  const url = new URL(path, here);
  return url.origin === here ? url.pathname + url.search + url.hash : "/";
}
