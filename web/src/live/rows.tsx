import { UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import type { Arrival, Rejection } from "../api/shapes";
import { inline } from "../lib/json";
import { dateAndTime, longDate, timeOfDay } from "../lib/time";
import { CodeBlock } from "../ui/Code";
import classes from "./live.module.css";
import { pretty } from "./payload";

interface RowProps {
  tone?: "refused";
  head: ReactNode;
  children: ReactNode;
}

function Row({ tone, head, children }: RowProps) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <li className={classes.row} data-tone={tone}>
      <UnstyledButton
        className={classes.head}
        aria-expanded={opened}
        aria-controls={opened ? id : undefined}
        onClick={() => setOpened(!opened)}
      >
        <IconChevronRight size={14} aria-hidden className={classes.chevron} data-opened={opened} />
        {head}
      </UnstyledButton>
      {opened && (
        <div id={id} className={classes.detail}>
          {children}
        </div>
      )}
    </li>
  );
}

interface ArrivalRowProps {
  projectId: string;
  timeZone: string;
  item: Arrival;
}

/** An event in one line; opened, with everything it says. */
export function ArrivalRow({ projectId, timeZone, item }: ArrivalRowProps) {
  const properties = Object.entries(item.properties);
  return (
    <Row
      head={
        <>
          <time className={classes.time} dateTime={item.received}>
            {timeOfDay(item.received, timeZone)}
          </time>
          <span className={classes.event}>{item.event}</span>
          <span className={classes.who}>{item.distinct_id}</span>
          <span className={classes.summary}>
            {properties.map(([name, value]) => (
              <span key={name}>
                {name} {inline(value)}
              </span>
            ))}
          </span>
        </>
      }
    >
      <dl className={classes.facts}>
        <dt>Person</dt>
        <dd>
          <Link
            to="/p/$projectId/people/$uid"
            params={{ projectId, uid: item.person }}
            className={classes.link}
          >
            {item.distinct_id}
          </Link>
        </dd>
        <dt>Happened</dt>
        <dd>
          {longDate(item.time, timeZone)}, {timeOfDay(item.time, timeZone)}
        </dd>
        <dt>Message id</dt>
        <dd>{item.id}</dd>
        {properties.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
    </Row>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt className={classes.mono}>{name}</dt>
      <dd>{inline(value)}</dd>
    </>
  );
}

interface RejectionRowProps {
  timeZone: string;
  item: Rejection;
  /** Whether the day matters, as in a list that goes back. */
  dated?: boolean;
}

/** Something that was refused: why, what to do, and what it was. */
export function RejectionRow({ timeZone, item, dated = false }: RejectionRowProps) {
  return (
    <Row
      tone="refused"
      head={
        <>
          <time className={classes.time} dateTime={item.received} data-dated={dated || undefined}>
            {dated ? dateAndTime(item.received, timeZone) : timeOfDay(item.received, timeZone)}
          </time>
          <span className={classes.reason}>
            <IconAlertTriangle size={15} stroke={1.75} aria-label="Refused" />
            {item.reason}
          </span>
        </>
      }
    >
      <p className={classes.hint}>{item.hint}</p>
      <CodeBlock code={pretty(item.payload)} label="Copy what was sent" />
    </Row>
  );
}
