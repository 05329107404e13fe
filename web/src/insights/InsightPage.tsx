import { Anchor, Skeleton } from "@mantine/core";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useCatalog } from "../api/catalog";
import { useDashboard } from "../api/dashboards";
import type { Kind, Spec, Tile } from "../api/shapes";
import { Nothing } from "../ui/Boundary";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import classes from "./insights.module.css";
import { kindNamed, kindOf } from "./kinds";
import type { Place } from "./links";
import { complete, starting } from "./questions";
import { Workbench } from "./Workbench";

const ROUTE = "/p/$projectId/insights/$kind";

/** Asks a question, changes it, and keeps it: the address is the question. */
export default function InsightPage() {
  const { projectId, kind } = useParams({ from: ROUTE });
  const { spec: raw, dashboard, tile } = useSearch({ from: ROUTE });
  const place = useMemo<Place | null>(
    () => (dashboard && tile ? { dashboard, tile } : null),
    [dashboard, tile],
  );
  const known = kindNamed(kind)?.name;
  if (!known) return <Nothing>{`There is no kind of question called ${kind}.`}</Nothing>;
  return place ? (
    <FromTile projectId={projectId} kind={known} raw={raw} place={place} />
  ) : (
    <FromNothing projectId={projectId} kind={known} raw={raw} />
  );
}

interface SourceProps {
  projectId: string;
  kind: Kind;
  raw: Spec | undefined;
}

function titled(kind: Kind): string {
  return kindOf({ kind }).title;
}

/** The text of the address, so that an equal one does not count as a change. */
function useGiven(kind: Kind, raw: unknown): Spec | null {
  const text = JSON.stringify(raw ?? null);
  return useMemo(() => complete(kind, JSON.parse(text)), [kind, text]);
}

function FromTile({ projectId, kind, raw, place }: SourceProps & { place: Place }) {
  const dashboard = useDashboard(projectId, place.dashboard);
  const tile = dashboard.data?.tiles.find(({ id }) => id === place.tile) ?? null;
  const given = useGiven(kind, raw ?? tile?.spec);
  if (dashboard.error && !given) {
    return (
      <Page title={titled(kind)}>
        <Problem error={dashboard.error} onRetry={() => void dashboard.refetch()} />
      </Page>
    );
  }
  if (!given && dashboard.isPending) return <Waiting kind={kind} />;
  if (!given) return <FromNothing projectId={projectId} kind={kind} raw={raw} />;
  return (
    <Framed
      projectId={projectId}
      given={given}
      place={tile ? place : null}
      tile={tile}
      dashboardName={dashboard.data?.name}
    />
  );
}

function FromNothing({ projectId, kind, raw }: SourceProps) {
  const catalog = useCatalog(projectId);
  const asked = useGiven(kind, raw);
  const seen = catalog.data;
  // The catalog changes with every event, and what a question starts with must not.
  const ready = seen !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first catalog counts
  const start = useMemo(
    () => (seen ? starting(kind, seen, new Date()) : null),
    [kind, ready, projectId],
  );
  const given = asked ?? start;
  if (!given && catalog.error) {
    return (
      <Page title={titled(kind)}>
        <Problem error={catalog.error} onRetry={() => void catalog.refetch()} />
      </Page>
    );
  }
  if (!given) return <Waiting kind={kind} />;
  return (
    <>
      {raw !== undefined && asked === null && (
        <div className={classes.warning}>
          <Problem
            error={
              new Error("The address holds a question that cannot be read; this is a new one.")
            }
          />
        </div>
      )}
      <Framed projectId={projectId} given={given} place={null} tile={null} />
    </>
  );
}

interface FramedProps {
  projectId: string;
  given: Spec;
  place: Place | null;
  tile: Tile | null;
  dashboardName?: string | undefined;
}

function Framed({ projectId, given, place, tile, dashboardName }: FramedProps) {
  return (
    <Workbench
      projectId={projectId}
      given={given}
      place={place}
      tile={tile}
      title={(kind) => tile?.title || titled(kind)}
      description={
        place && dashboardName ? (
          <>
            A tile of{" "}
            <Anchor
              inherit
              component={Link}
              {...({
                to: "/p/$projectId/dashboards/$dashboardId",
                params: { projectId, dashboardId: place.dashboard },
              } as object)}
            >
              {dashboardName}
            </Anchor>
          </>
        ) : null
      }
    />
  );
}

function Waiting({ kind }: { kind: Kind }) {
  return (
    <Page title={titled(kind)}>
      <div className={classes.bench}>
        <Skeleton height={420} radius="lg" />
        <Skeleton height={520} radius="lg" />
      </div>
    </Page>
  );
}
