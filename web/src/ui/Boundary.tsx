import { Button, Group } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { Empty } from "./Empty";
import { ButtonLink } from "./links";
import { Problem } from "./Problem";

/** What is shown instead of a page that could not be shown. */
export function Fallen({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();

  async function again() {
    await router.invalidate();
    reset();
  }

  return (
    <div style={{ maxWidth: 560, margin: "10vh auto", padding: 16 }}>
      <Problem error={error} />
      <Group mt="md" gap="xs">
        <Button variant="default" onClick={again}>
          Try again
        </Button>
        <Button variant="subtle" color="gray" onClick={() => window.location.reload()}>
          Load the page again
        </Button>
      </Group>
    </div>
  );
}

/** What is shown at an address where there is nothing. */
export function Nothing({ children }: { children?: string }) {
  return (
    <div style={{ paddingTop: "12vh" }}>
      <Empty
        title="There is nothing here"
        action={
          <ButtonLink variant="default" to="/">
            Back to the start
          </ButtonLink>
        }
      >
        {children ?? "The link may be old, or what it led to was deleted."}
      </Empty>
    </div>
  );
}
