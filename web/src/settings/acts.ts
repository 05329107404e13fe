const ACTS: Record<string, string> = {
  "dashboard.deleted": "Deleted a dashboard",
  "key.created": "Created a key",
  "key.deleted": "Deleted a key",
  "member.created": "Added a member",
  "member.removed": "Removed a member",
  "project.changed": "Changed a project",
  "project.created": "Created a project",
  sign_in: "Signed in",
  "sign_in.failed": "Failed to sign in",
  "sign_in_link.created": "Created a sign-in link",
  sign_out: "Signed out",
};

/** Returns an act of the audit log in words. */
export function inWords(act: string): string {
  return ACTS[act] ?? act.replace(/[._]/g, " ");
}
