import { Button, Skeleton } from "@mantine/core";
import { IconLayoutDashboard, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useDashboards } from "../api/dashboards";
import { useTimeZone } from "../api/projects";
import { useRights } from "../api/session";
import { plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { Empty } from "../ui/Empty";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import classes from "./DashboardsPage.module.css";
import { useNewDashboard } from "./useNewDashboard";

/** The dashboards of a project. */
export default function DashboardsPage() {
  const projectId = useProjectId();
  const timeZone = useTimeZone(projectId);
  const { edit } = useRights();
  const { data, error, refetch } = useDashboards(projectId);
  const { create, pending } = useNewDashboard(projectId);
  const button = edit ? (
    <Button leftSection={<IconPlus size={16} />} onClick={create} loading={pending}>
      New dashboard
    </Button>
  ) : null;

  return (
    <Page
      title="Dashboards"
      description="Saved questions that your team looks at together."
      actions={button}
    >
      {error ? <Problem error={error} onRetry={refetch} /> : null}
      {!data && !error ? (
        <div className={classes.grid} aria-hidden="true">
          {[0, 1, 2].map((i) => (
            <Skeleton key={i} height={132} radius="lg" />
          ))}
        </div>
      ) : null}
      {data?.length === 0 ? (
        <Surface>
          <Empty
            icon={<IconLayoutDashboard size={22} stroke={1.5} />}
            title="No dashboard yet"
            action={button}
          >
            A dashboard holds charts that you come back to. Make one, then save trends, funnels and
            retention to it.
          </Empty>
        </Surface>
      ) : null}
      {data?.length ? (
        <ul className={classes.grid}>
          {data.map(({ id, name, description, tiles, updated_at }) => (
            <li key={id}>
              <Link
                to="/p/$projectId/dashboards/$dashboardId"
                params={{ projectId, dashboardId: id }}
                className={classes.card}
              >
                <span className={classes.name}>{name}</span>
                <span className={classes.description}>{description}</span>
                <span className={classes.facts}>
                  {plural(tiles.length, "tile", "tiles")} · changed{" "}
                  <Moment iso={updated_at} timeZone={timeZone} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </Page>
  );
}
