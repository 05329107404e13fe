import { Loader, Skeleton } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useCatalog } from "../api/catalog";
import { useKeys } from "../api/keys";
import { useTimeZone } from "../api/projects";
import { useRights } from "../api/session";
import type { Arrival } from "../api/shapes";
import { inline } from "../lib/json";
import { plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { timeOfDay } from "../lib/time";
import type { Item } from "../live/stream";
import { useLive } from "../live/useLive";
import { CopyLine } from "../ui/Code";
import { ButtonLink } from "../ui/links";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Snippets } from "./Snippets";
import classes from "./WelcomePage.module.css";

const SHOWN = 6;

/** A new project's first page: how to send events, and the first of them as it arrives. */
export default function WelcomePage() {
  const projectId = useProjectId();
  const rights = useRights();
  const keys = useKeys(projectId, { enabled: rights.manage });
  const writeKey = keys.data?.find(({ kind }) => kind === "write")?.secret;
  const { stream } = useLive(projectId);
  const works = stream.accepted > 0;

  return (
    <Page
      width="text"
      title="Send your first event"
      description="Cairn speaks the Segment protocol: any Segment library works, and so does plain HTTP."
    >
      <ol className={classes.steps}>
        <Step number={1} title="Take the write key" done={works}>
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
        <Step number={2} title="Send an event" done={works}>
          <Snippets writeKey={writeKey ?? "YOUR_WRITE_KEY"} />
        </Step>
        <Step number={3} title="See it arrive" done={works}>
          <Arrived
            projectId={projectId}
            items={stream.items.slice(0, SHOWN)}
            accepted={stream.accepted}
          />
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

interface ArrivedProps {
  projectId: string;
  items: readonly Item[];
  accepted: number;
}

function Arrived({ projectId, items, accepted }: ArrivedProps) {
  const timeZone = useTimeZone(projectId);
  const { data: catalog, refetch } = useCatalog(projectId);
  const total = catalog?.event_total ?? 0;
  const works = accepted > 0 || total > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what arrived changes the count
  useEffect(() => void refetch(), [accepted]);

  return (
    <div aria-live="polite">
      {works ? (
        <p className={classes.words}>
          {total > 0 ? `${plural(total, "event has", "events have")} arrived so far.` : "It works."}
        </p>
      ) : (
        <Surface className={classes.waiting}>
          <Loader size={16} aria-hidden="true" />
          <span>Waiting for the first event. It shows up here within two seconds.</span>
        </Surface>
      )}
      {items.length > 0 ? (
        <Surface className={classes.stream}>
          <ul className={classes.arrivals}>
            {items.map((item) => (
              <li key={item.key} data-rejected={item.kind === "rejection" || undefined}>
                <span className={classes.clock}>{timeOfDay(item.received, timeZone)}</span>
                <span className={classes.event}>
                  {item.kind === "arrival" ? item.event : "Rejected"}
                </span>
                <span className={classes.who}>
                  {item.kind === "arrival" ? about(item) : `${item.reason}. ${item.hint}`}
                </span>
              </li>
            ))}
          </ul>
        </Surface>
      ) : null}
      {works ? (
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
      ) : null}
    </div>
  );
}

function about(item: Arrival): string {
  const properties = Object.entries(item.properties)
    .filter(([name]) => !name.startsWith("$"))
    .map(([name, value]) => `${name} ${inline(value)}`);
  return [item.distinct_id, ...properties].join(" · ");
}
