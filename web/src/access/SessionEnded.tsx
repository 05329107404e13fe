import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { onSessionEnd } from "../api/client";
import { me } from "../api/session";
import type { Member } from "../api/shapes";
import { PasswordForm } from "./PasswordForm";

/** When the session ends while a page is open: signs in again over the page, so nothing is lost. */
export function SessionEnded() {
  const client = useQueryClient();
  const [member, setMember] = useState<Member | null>(null);

  useEffect(
    () =>
      onSessionEnd(() =>
        setMember((before) => before ?? client.getQueryData(me.queryKey)?.member ?? null),
      ),
    [client],
  );

  useEffect(() => {
    if (member === null) return;
    async function look() {
      const who = await client.fetchQuery({ ...me, staleTime: 0 }).catch(() => null);
      if (who?.member) goOn(who.member.id);
    }
    function goOn(id: string) {
      if (id !== member?.id) return window.location.reload();
      setMember(null);
      void client.invalidateQueries();
    }
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [client, member]);

  if (member === null) return null;
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title="Your session has ended"
    >
      <Text size="sm" c="dimmed">
        Sign in to go on. The page behind this is as you left it.
      </Text>
      <PasswordForm
        email={member.email}
        onDone={(who) => {
          if (who.member?.id === member.id) setMember(null);
          else window.location.reload();
        }}
      />
      <Text size="sm" c="dimmed" mt="md">
        You sign in by link? Open a new one in another tab, then come back here.
      </Text>
    </Modal>
  );
}
