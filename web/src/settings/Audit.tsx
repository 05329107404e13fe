import { Button } from "@mantine/core";
import { useState } from "react";
import { useAudit } from "../api/members";
import { useTimeZone } from "../api/projects";
import type { AuditEntry } from "../api/shapes";
import { inline } from "../lib/json";
import { Moment } from "../ui/Moment";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { inWords } from "./acts";
import { Section, Waiting } from "./Section";
import classes from "./settings.module.css";

const MOST = 1_000;

/** Who did what that matters for security or cannot be undone, newest first. */
export function Audit({ projectId }: { projectId: string }) {
  const timeZone = useTimeZone(projectId);
  const [limit, setLimit] = useState(50);
  const { data, error, refetch, isFetching } = useAudit(limit);

  if (error) return <Problem error={error} onRetry={refetch} />;
  return (
    <Section
      title="Audit log"
      description={`Who signed in or failed to, and what was created, changed or deleted. Times in ${timeZone}.`}
    >
      <Surface>
        {data ? (
          numbered(data).map(({ key, entry }) => (
            <div key={key} className={classes.row}>
              <div className={classes.time}>
                <Moment iso={entry.time} timeZone={timeZone} as="full" />
              </div>
              <div className={classes.words}>
                <div className={classes.name}>{inWords(entry.act)}</div>
                <div className={classes.detail}>
                  {entry.actor}
                  {Object.entries(entry.detail)
                    .filter(([name]) => name !== "tiles")
                    .map(([name, value]) => ` · ${name} ${inline(value)}`)
                    .join("")}
                </div>
              </div>
            </div>
          ))
        ) : (
          <Waiting />
        )}
      </Surface>
      {data && data.length === limit && limit < MOST ? (
        <Button
          variant="default"
          mt="md"
          loading={isFetching}
          onClick={() => setLimit(Math.min(limit * 4, MOST))}
        >
          Show more
        </Button>
      ) : null}
    </Section>
  );
}

/** Names each entry by its time, and by its number among those of the same instant. */
function numbered(entries: readonly AuditEntry[]): { key: string; entry: AuditEntry }[] {
  const seen = new Map<string, number>();
  return entries.map((entry) => {
    const number = (seen.get(entry.time) ?? 0) + 1;
    seen.set(entry.time, number);
    return { key: `${entry.time} ${number}`, entry };
  });
}
