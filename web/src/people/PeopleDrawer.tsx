import { Button, Drawer, Skeleton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTimeZone } from "../api/projects";
import { usePeopleBehind } from "../api/query";
import type { Actor, ActorLine, Point, Spec } from "../api/shapes";
import { plural } from "../lib/number";
import { Moment } from "../ui/Moment";
import { Problem } from "../ui/Problem";
import { Avatar } from "./Avatar";
import classes from "./PeopleDrawer.module.css";

const NOUNS: Record<Actor, readonly [string, string]> = {
  person: ["person", "people"],
  session: ["session", "sessions"],
  account: ["account", "accounts"],
};

interface Props {
  projectId: string;
  spec: Spec | null;
  /** The number that is opened; null while none is. */
  point: Point | null;
  label: string;
  onClose: () => void;
}

/** The people behind a number: as many as the number says, each leading to their page. */
export function PeopleDrawer({ projectId, spec, point, label, onClose }: Props) {
  return (
    <Drawer
      opened={point !== null}
      onClose={onClose}
      position="right"
      size={440}
      title={<span className={classes.title}>{label}</span>}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {point && spec ? <People projectId={projectId} spec={spec} point={point} /> : null}
    </Drawer>
  );
}

function People({ projectId, spec, point }: { projectId: string; spec: Spec; point: Point }) {
  const timeZone = useTimeZone(projectId);
  const behind = usePeopleBehind(projectId, spec, point);
  const pages = behind.data?.pages;

  if (behind.error && !pages) return <Problem error={behind.error} onRetry={behind.refetch} />;
  if (!pages) {
    return (
      <div className={classes.waiting} aria-busy="true">
        <Skeleton height={18} width={96} mb={8} />
        {[0, 1, 2, 3, 4, 5].map((i) => (
          <Skeleton key={i} height={40} />
        ))}
      </div>
    );
  }
  const total = pages.at(-1)?.total ?? 0;
  const people = pages.flatMap((page) => page.people);

  return (
    <>
      <p className={classes.total} aria-live="polite">
        {plural(total, ...NOUNS[spec.actor ?? "person"])}
      </p>
      <ul className={classes.list}>
        {people.map((person) => (
          <li key={person.id}>
            <Link
              to="/p/$projectId/people/$uid"
              params={{ projectId, uid: person.id }}
              className={classes.person}
            >
              <Avatar name={person.name} id={person.id} />
              <span className={classes.words}>
                <span className={classes.name}>{person.name}</span>
                <span className={classes.seen}>
                  seen <Moment iso={person.last_seen} timeZone={timeZone} />
                </span>
              </span>
              <IconChevronRight size={16} stroke={1.6} aria-hidden="true" />
            </Link>
          </li>
        ))}
        {pages
          .flatMap((page) => page.actors)
          .map((actor) => (
            <li key={`${actor.name} ${actor.first_seen} ${actor.last_seen}`}>
              <Acted projectId={projectId} actor={actor} timeZone={timeZone} />
            </li>
          ))}
      </ul>
      {behind.isFetchNextPageError ? (
        <Problem error={behind.error} onRetry={() => behind.fetchNextPage()} />
      ) : null}
      {behind.hasNextPage ? (
        <Button
          variant="default"
          fullWidth
          mt="md"
          loading={behind.isFetchingNextPage}
          onClick={() => behind.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </>
  );
}

interface ActedProps {
  projectId: string;
  actor: ActorLine;
  timeZone: string;
}

/** A session, which leads to the page of its person, or an account. */
function Acted({ projectId, actor, timeZone }: ActedProps) {
  const words = (
    <>
      <Avatar name={actor.name} id={actor.person_id ?? actor.name} />
      <span className={classes.words}>
        <span className={classes.name}>{actor.name}</span>
        <span className={classes.seen}>
          {plural(actor.events, "event", "events")} from{" "}
          <Moment iso={actor.first_seen} timeZone={timeZone} />
        </span>
      </span>
    </>
  );
  if (actor.person_id === null) return <span className={classes.person}>{words}</span>;
  return (
    <Link
      to="/p/$projectId/people/$uid"
      params={{ projectId, uid: actor.person_id }}
      className={classes.person}
    >
      {words}
      <IconChevronRight size={16} stroke={1.6} aria-hidden="true" />
    </Link>
  );
}
