import { Button, Skeleton } from "@mantine/core";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useCohorts } from "../api/cohorts";
import { useTimeZone } from "../api/projects";
import { useRights } from "../api/session";
import classes from "../dashboards/DashboardsPage.module.css";
import { plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { Empty } from "../ui/Empty";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";

/** What an address calls a cohort that is not kept yet. */
export const NEW = "new";

/** The cohorts of a project. */
export default function CohortsPage() {
  const projectId = useProjectId();
  const timeZone = useTimeZone(projectId);
  const { edit } = useRights();
  const { data, error, refetch } = useCohorts(projectId);
  const button = edit ? (
    <Button
      leftSection={<IconPlus size={16} />}
      component={Link}
      {...({
        to: "/p/$projectId/cohorts/$cohortId",
        params: { projectId, cohortId: NEW },
      } as object)}
    >
      New cohort
    </Button>
  ) : null;
  return (
    <Page
      title="Cohorts"
      description="Groups of people, by what they did and who they are."
      actions={button}
    >
      {error ? <Problem error={error} onRetry={refetch} /> : null}
      {!data && !error ? <Skeleton height={132} radius="lg" /> : null}
      {data?.length === 0 ? (
        <Surface>
          <Empty
            icon={<IconUsersGroup size={22} stroke={1.5} />}
            title="No cohort yet"
            action={button}
          >
            Describe people once, then filter and split every question by whether someone is one of
            them.
          </Empty>
        </Surface>
      ) : null}
      {data?.length ? (
        <ul className={classes.grid}>
          {data.map(({ id, name, description, kind, listed, updated_at }) => (
            <li key={id}>
              <Link
                to="/p/$projectId/cohorts/$cohortId"
                params={{ projectId, cohortId: id }}
                className={classes.card}
              >
                <span className={classes.name}>{name}</span>
                <span className={classes.description}>{description}</span>
                <span className={classes.facts}>
                  {kind === "static"
                    ? `List of ${plural(listed ?? 0, "id", "ids")}`
                    : "Follows the data"}{" "}
                  · changed <Moment iso={updated_at} timeZone={timeZone} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </Page>
  );
}
