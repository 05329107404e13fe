import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ApiError } from "../api/client";
import classes from "./Problem.module.css";

interface Props {
  error: unknown;
  /** Called to try again; without it there is no button. */
  onRetry?: (() => void) | undefined;
}

/** Says what went wrong, what to do next, and offers to try again. */
export function Problem({ error, onRetry }: Props) {
  const { message, hint } = wordsOf(error);
  return (
    <div className={classes.problem} role="alert">
      <IconAlertTriangle size={18} stroke={1.75} aria-hidden="true" className={classes.icon} />
      <div>
        <p className={classes.message}>{message}</p>
        {hint ? <p className={classes.hint}>{hint}</p> : null}
        {onRetry ? (
          <Button size="compact-sm" variant="default" mt={8} onClick={onRetry}>
            Try again
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Returns what to tell a reader about an error. */
export function wordsOf(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiError) {
    return { message: sentence(error.message), hint: sentence(error.hint) };
  }
  return {
    message: "Something on this page went wrong.",
    hint: error instanceof Error ? error.message : "Load the page again.",
  };
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return start === "" || /[.!?…]$/.test(start) ? start : `${start}.`;
}
