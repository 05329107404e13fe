import { Loader, Text } from "@mantine/core";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useSignInWithLink } from "../api/session";
import { Problem } from "../ui/Problem";
import { Entrance } from "./Entrance";
import { inside } from "./inside";
import { PasswordForm } from "./PasswordForm";

/** Signs in, by password or by the link that led here, and goes on to where one wanted to be. */
export default function SignInPage() {
  const { token, next } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const link = useSignInWithLink();
  const used = useRef(false);

  function goOn() {
    router.history.replace(inside(next));
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a link works once, so it is used once
  useEffect(() => {
    if (token === undefined || used.current) return;
    used.current = true;
    link.mutate(token, { onSuccess: goOn });
  }, [token]);

  if (token !== undefined && !link.error) {
    return (
      <Entrance title="Signing you in">
        <Loader size="sm" mt="lg" role="status" aria-label="Signing you in" />
      </Entrance>
    );
  }
  return (
    <Entrance
      title="Sign in to Cairn"
      description={next ? "Then you go on where you wanted to be." : undefined}
    >
      {link.error ? (
        <div style={{ marginTop: 20 }}>
          <Problem error={link.error} />
        </div>
      ) : null}
      <PasswordForm onDone={goOn} />
      <Text size="sm" c="dimmed" mt="lg">
        No password? Ask an owner or admin for a new invitation, or run <code>cairn link</code> on
        the server for a link that signs you in.
      </Text>
    </Entrance>
  );
}
