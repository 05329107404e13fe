import { Loader, Skeleton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { useCatalog } from "../api/catalog";
import { useKeys } from "../api/keys";
import { watchLive } from "../api/live";
import { useTimeZone } from "../api/projects";
import { useRights } from "../api/session";
import type { Arrival } from "../api/shapes";
import { inline } from "../lib/json";
import { plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { timeOfDay } from "../lib/time";
import { CopyLine } from "../ui/Code";
import { ButtonLink } from "../ui/links";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Snippets } from "./Snippets";
import classes from "./WelcomePage.module.css";

/** A new project's first page: how to send events, and the first of them as it arrives. */
export default function WelcomePage() {
  const projectId = useProjectId();
  const rights = useRights();
  const keys = useKeys(projectId, { enabled: rights.manage });
  const writeKey = keys.data?.find(({ kind }) => kind === "write")?.secret;
  const arrivals = useArrivals(projectId);

  return (
    <Page
      width="text"
      title="Send your first event"
      description="Cairn speaks the Segment protocol: any Segment library works, and so does plain HTTP."
    >
      <ol className={classes.steps}>
        <Step number={1} title="Take the write key" done={false}>
          <p className={classes.words}>
            It can send events and nothing else, so it may be in your pages and apps.
          </p>
          {writeKey ? <CopyLine text={writeKey} label="Copy the write key" /> : null}
          {keys.isPending && rights.manage ? <Skeleton height={36} /> : null}
          {keys.error ? <Problem error={keys.error} onRetry={keys.refetch} /> : null}
          {!rights.manage ? (
            <p className={classes.words}>Ask an owner or admin for the key of this project.</p>
          ) : null}
          {keys.data && !writeKey ? (
            <p className={classes.words}>
              This project has no write key.{" "}
              <Link to="/p/$projectId/settings" params={{ projectId }} search={{ tab: "keys" }}>
                Create one
              </Link>
              .
            </p>
          ) : null}
        </Step>
        <Step number={2} title="Send an event" done={false}>
          <Snippets writeKey={writeKey ?? "YOUR_WRITE_KEY"} />
        </Step>
        <Step number={3} title="See it arrive" done={arrivals.length > 0}>
          <Arrived projectId={projectId} arrivals={arrivals} />
        </Step>
      </ol>
    </Page>
  );
}

function Step(props: { number: number; title: string; done: boolean; children: ReactNode }) {
  return (
    <li className={classes.step}>
      <span className={classes.number} data-done={props.done || undefined} aria-hidden="true">
        {props.done ? <IconCheck size={16} stroke={2.2} /> : props.number}
      </span>
      <div className={classes.content}>
        <h2 className={classes.title}>{props.title}</h2>
        {props.children}
      </div>
    </li>
  );
}

function Arrived({ projectId, arrivals }: { projectId: string; arrivals: readonly Arrival[] }) {
  const timeZone = useTimeZone(projectId);
  const { data: catalog } = useCatalog(projectId, { refetchMs: 5_000 });
  const total = catalog?.event_total ?? 0;

  return (
    <div aria-live="polite">
      {arrivals.length === 0 && total === 0 ? (
        <Surface className={classes.waiting}>
          <Loader size={16} aria-hidden="true" />
          <span>Waiting for the first event. It shows up here within two seconds.</span>
        </Surface>
      ) : (
        <>
          <p className={classes.words}>
            {total > 0
              ? `${plural(total, "event has", "events have")} arrived so far.`
              : "It works."}
          </p>
          {arrivals.length > 0 ? (
            <Surface>
              <ul className={classes.arrivals}>
                {arrivals.map((arrival) => (
                  <li key={arrival.id}>
                    <span className={classes.clock}>{timeOfDay(arrival.received, timeZone)}</span>
                    <span className={classes.event}>{arrival.event}</span>
                    <span className={classes.who}>
                      {arrival.distinct_id}
                      {Object.entries(arrival.properties)
                        .filter(([name]) => !name.startsWith("$"))
                        .map(([name, value]) => ` · ${name} ${inline(value)}`)
                        .join("")}
                    </span>
                  </li>
                ))}
              </ul>
            </Surface>
          ) : null}
          <div className={classes.next}>
            <ButtonLink to="/p/$projectId" params={{ projectId }}>
              Open the dashboard
            </ButtonLink>
            <ButtonLink
              variant="default"
              to="/p/$projectId/insights/$kind"
              params={{ projectId, kind: "trends" }}
            >
              Ask a question
            </ButtonLink>
            <ButtonLink variant="default" to="/p/$projectId/live" params={{ projectId }}>
              Watch the live stream
            </ButtonLink>
          </div>
        </>
      )}
    </div>
  );
}

/** The newest events, newest first, as they arrive. */
function useArrivals(projectId: string): readonly Arrival[] {
  const client = useQueryClient();
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([]);
  useEffect(() => {
    setArrivals([]);
    return watchLive(projectId, {
      onArrival: (arrival) => {
        setArrivals((before) =>
          before.some(({ id }) => id === arrival.id) ? before : [arrival, ...before].slice(0, 6),
        );
        void client.invalidateQueries({ queryKey: ["project", projectId, "catalog"] });
      },
    });
  }, [client, projectId]);
  return arrivals;
}
