/** Who is signed in, and signing in and out. */

import {
  type QueryClient,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, read, rememberToken } from "./client";
import type { Credentials, Me, Role, Setup } from "./shapes";

/** Who is signed in, or that nobody is, or that nobody owns this installation yet. */
export const me = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }) => known(await read(api.GET("/api/me", { signal }))),
  staleTime: 60_000,
});

/** Who is signed in, or that nobody is, or that nobody owns this installation yet. */
export function useMe() {
  return useQuery(me);
}

/** What the member who is signed in may do. */
export function useRights(): { edit: boolean; manage: boolean } {
  const role: Role = useMe().data?.member?.role ?? "viewer";
  return {
    edit: role !== "viewer",
    manage: role === "owner" || role === "admin",
  };
}

/** Signs in with e-mail address and password. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => read(api.POST("/api/sign-in", { body: credentials })),
    onSuccess: (answer) => enter(client, answer),
  });
}

/** Signs in with the token of a link. */
export function useSignInWithLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => read(api.POST("/api/sign-in/link", { body: { token } })),
    onSuccess: (answer) => enter(client, answer),
  });
}

/** Creates the owner and the first project, and signs the owner in. */
export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (setup: Setup) => read(api.POST("/api/setup", { body: setup })),
    onSuccess: (answer) => enter(client, answer),
  });
}

/** Ends this browser's session, and loads the page afresh so that nothing of it stays in memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => read(api.POST("/api/sign-out")),
    onSettled: () => window.location.assign("/sign-in"),
  });
}

function enter(client: QueryClient, answer: Me): void {
  const before = client.getQueryData(me.queryKey)?.member?.id;
  if (before !== answer.member?.id) client.clear();
  client.setQueryData(me.queryKey, known(answer));
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
}

function known(answer: Me): Me {
  rememberToken(answer.csrf_token);
  return answer;
}
