/** The one way to the server: typed by its OpenAPI document, with one kind of error. */

import createClient from "openapi-fetch";
import type { paths } from "./schema";
import type { ErrorBody } from "./shapes";

/** What the server said went wrong, and what to do next. `status` is 0 when nobody answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = "ApiError";
    this.status = body.status;
    this.code = body.code;
    this.hint = body.hint;
  }

  /** Whether the same request may well succeed a moment later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 503;
  }
}

const HARMLESS = ["GET", "HEAD"];

let csrfToken: string | null = null;
const endings = new Set<() => void>();

/** Sends this token with every request that changes something, from now on. */
export function rememberToken(token: string | null): void {
  csrfToken = token;
}

/** Calls back whenever the server no longer knows who is asking; returns how to stop that. */
export function onSessionEnd(callback: () => void): () => void {
  endings.add(callback);
  return () => endings.delete(callback);
}

/** The client of the API. Wrap its calls in `read`. */
export const api = createClient<paths>({ fetch: send });

/** Returns what the server answered, or throws an ApiError. */
export async function read<T>(
  request: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await request;
  if (response.ok) return data as T;
  throw new ApiError(asError(error, response.status));
}

async function send(request: Request): Promise<Response> {
  const again = HARMLESS.includes(request.method) ? null : request.clone();
  const response = await once(request);
  if (response.status === 403 && again !== null && (await tokenIsOld())) return once(again);
  if (response.status === 401 && !new URL(request.url).pathname.startsWith("/api/sign-in")) {
    for (const callback of endings) callback();
  }
  return response;
}

async function once(request: Request): Promise<Response> {
  if (csrfToken !== null && !HARMLESS.includes(request.method)) {
    request.headers.set("X-CSRF-Token", csrfToken);
  }
  try {
    return await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError({
      status: 0,
      code: "unreachable",
      message: "The server does not answer.",
      hint: "Check that Cairn is running and that you are online.",
    });
  }
}

/** Another tab may have signed in again: takes over its token, and says whether there was one. */
async function tokenIsOld(): Promise<boolean> {
  const response = await fetch("/api/me");
  if (!response.ok) return false;
  const token = ((await response.json()) as { csrf_token: string | null }).csrf_token;
  if (token === null || token === csrfToken) return false;
  csrfToken = token;
  return true;
}

function asError(error: unknown, status: number): ErrorBody {
  if (typeof error === "object" && error !== null && "message" in error && "code" in error) {
    return error as ErrorBody;
  }
  return {
    status,
    code: "unexpected",
    message: `The server answered ${status}.`,
    hint: "Something between this page and Cairn may have answered instead; try again.",
  };
}
