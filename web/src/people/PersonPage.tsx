import { Badge, Button, Skeleton, UnstyledButton } from "@mantine/core";
import { IconArrowLeft, IconChevronRight } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api/client";
import { usePerson } from "../api/people";
import { useTimeZone } from "../api/projects";
import type { PersonDetail, PersonEvent, Session } from "../api/shapes";
import { inline } from "../lib/json";
import { count, plural } from "../lib/number";
import { dateAndTime, duration, longDate, timeOfDay } from "../lib/time";
import { Nothing } from "../ui/Boundary";
import { Copy } from "../ui/Code";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Avatar } from "./Avatar";
import classes from "./PersonPage.module.css";

const VISITS = 40;

/** One person: what is known about them, and what they did, visit by visit. */
export default function PersonPage() {
  const { projectId, uid } = useParams({ from: "/p/$projectId/people/$uid" });
  const timeZone = useTimeZone(projectId);
  const { data: person, error, refetch } = usePerson(projectId, uid);

  if (error instanceof ApiError && error.status === 404) {
    return <Nothing>There is no such person, or they were joined with another one.</Nothing>;
  }
  return (
    <Page
      title={person?.name ?? "Person"}
      heading={
        <div>
          <Link to="/p/$projectId/people" params={{ projectId }} className={classes.back}>
            <IconArrowLeft size={15} stroke={1.6} aria-hidden="true" />
            People
          </Link>
          <div className={classes.head}>
            {person ? (
              <Avatar name={person.name} id={person.id} size={44} />
            ) : (
              <Skeleton circle height={44} />
            )}
            <h1 className={classes.name}>{person?.name ?? <Skeleton height={24} width={200} />}</h1>
          </div>
        </div>
      }
    >
      {error ? <Problem error={error} onRetry={refetch} /> : null}
      {person ? <Person person={person} timeZone={timeZone} /> : null}
      {!person && !error ? (
        <div className={classes.columns} aria-busy="true">
          <Skeleton height={320} radius="lg" />
          <Skeleton height={480} radius="lg" />
        </div>
      ) : null}
    </Page>
  );
}

function Person({ person, timeZone }: { person: PersonDetail; timeZone: string }) {
  const [shown, setShown] = useState(VISITS);
  const properties = Object.entries(person.properties).sort(([a], [b]) => a.localeCompare(b));
  return (
    <div className={classes.columns}>
      <div>
        <Surface className={classes.facts}>
          <dl className={classes.list}>
            <Fact name="First seen">
              <Moment iso={person.first_seen} timeZone={timeZone} as="full" />
            </Fact>
            <Fact name="Last seen">
              <Moment iso={person.last_seen} timeZone={timeZone} as="full" />
            </Fact>
            <Fact name="Events">{count(person.events)}</Fact>
            {person.accounts.length > 0 ? (
              <Fact name={person.accounts.length === 1 ? "Account" : "Accounts"}>
                {person.accounts.join(", ")}
              </Fact>
            ) : null}
          </dl>
          <h2 className={classes.label}>Properties</h2>
          {properties.length > 0 ? (
            <dl className={classes.list}>
              {properties.map(([name, value]) => (
                <Fact key={name} name={name}>
                  {inline(value)}
                </Fact>
              ))}
            </dl>
          ) : (
            <p className={classes.none}>
              Nothing is known yet. Traits of identify calls appear here.
            </p>
          )}
          <h2 className={classes.label}>{person.distinct_ids.length === 1 ? "Id" : "Ids"}</h2>
          <ul className={classes.ids}>
            {person.distinct_ids.map((id) => (
              <li key={id}>
                <code>{id}</code>
                <Copy text={id} label="Copy the id" />
              </li>
            ))}
          </ul>
        </Surface>
      </div>
      <div>
        <div className={classes.sessionsHead}>
          <h2>Visits</h2>
          <span>Times in {timeZone}</span>
        </div>
        {person.sessions.slice(0, shown).map((session, i) => (
          <Visit
            key={session.start + (session.events[0]?.id ?? "")}
            session={session}
            timeZone={timeZone}
            open={i < 3}
          />
        ))}
        {person.sessions.length > shown ? (
          <Button variant="default" mt="xs" onClick={() => setShown(shown + VISITS)}>
            Show more
          </Button>
        ) : null}
        {person.more && person.sessions.length <= shown ? (
          <p className={classes.none}>
            Older events are left out here. They count in every chart all the same.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Visit(props: { session: Session; timeZone: string; open: boolean }) {
  const { session, timeZone } = props;
  const [open, setOpen] = useState(props.open);
  const seconds = (Date.parse(session.end) - Date.parse(session.start)) / 1000;
  const events = session.events.toReversed();
  const inOrder = Date.parse(events[0]?.time ?? "") <= Date.parse(events.at(-1)?.time ?? "");
  return (
    <Surface className={classes.visit}>
      <UnstyledButton
        className={classes.visitHead}
        onClick={() => setOpen(!open)}
        aria-expanded={open}
      >
        <IconChevronRight
          size={16}
          stroke={1.6}
          className={classes.chevron}
          data-open={open || undefined}
          aria-hidden="true"
        />
        <span className={classes.when}>
          {longDate(session.start, timeZone)}
          <span className={classes.dim}> {timeOfDay(session.start, timeZone).slice(0, 5)}</span>
        </span>
        <span className={classes.dim}>
          {plural(session.events.length, "event", "events")}
          {seconds >= 1 ? ` in ${duration(seconds)}` : ""}
        </span>
      </UnstyledButton>
      {open ? (
        <ol className={classes.events}>
          {(inOrder ? events : session.events).map((event) => (
            <Did key={event.id} event={event} timeZone={timeZone} />
          ))}
        </ol>
      ) : null}
    </Surface>
  );
}

function Did({ event, timeZone }: { event: PersonEvent; timeZone: string }) {
  const [open, setOpen] = useState(false);
  const properties = Object.entries(event.properties).sort(([a], [b]) => a.localeCompare(b));
  return (
    <li>
      <UnstyledButton
        className={classes.did}
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        disabled={properties.length === 0}
      >
        <time
          className={classes.clock}
          dateTime={event.time}
          title={`${dateAndTime(event.time, timeZone)} (${timeZone})`}
        >
          {timeOfDay(event.time, timeZone)}
        </time>
        <span className={classes.event}>{event.event}</span>
        <span className={classes.glance}>
          {properties
            .filter(([name]) => !name.startsWith("$"))
            .map(([name, value]) => `${name} ${inline(value)}`)
            .join(" · ")}
        </span>
        {properties.length > 0 ? (
          <Badge variant="default" size="sm" radius="sm" fw={500} className={classes.badge}>
            {properties.length}
          </Badge>
        ) : null}
      </UnstyledButton>
      {open ? (
        <dl className={`${classes.list} ${classes.details}`}>
          {properties.map(([name, value]) => (
            <Fact key={name} name={name}>
              {inline(value)}
            </Fact>
          ))}
        </dl>
      ) : null}
    </li>
  );
}
