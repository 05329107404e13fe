/** Those who can sign in, and the log of what was done. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { NewMember } from "./shapes";

/** Everyone who can sign in. */
export function useMembers() {
  return useQuery({
    queryKey: ["members"],
    queryFn: ({ signal }) => read(api.GET("/api/members", { signal })),
  });
}

/** Creates a member and the link that signs them in. */
export function useInviteMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (member: NewMember) => read(api.POST("/api/members", { body: member })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
}

/** Removes a member and ends their sessions. */
export function useRemoveMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (memberId: string) =>
      read(api.DELETE("/api/members/{member_id}", { params: { path: { member_id: memberId } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
}

/** The newest acts that matter for security or cannot be undone. */
export function useAudit(limit: number) {
  return useQuery({
    queryKey: ["audit", limit],
    queryFn: ({ signal }) => read(api.GET("/api/audit", { params: { query: { limit } }, signal })),
  });
}
