import { IconBolt, IconChartLine } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { CatalogEvent } from "../api/shapes";
import { formatValue } from "../charts/format";
import { insightLink } from "../insights/links";
import { count } from "../lib/number";
import { Empty } from "../ui/Empty";
import { Moment } from "../ui/Moment";
import { Surface } from "../ui/Surface";
import classes from "./events.module.css";
import { trendOf } from "./questions";

interface EventTableProps {
  projectId: string;
  timeZone: string;
  total: number;
  events: readonly CatalogEvent[];
  searched: boolean;
}

const IDENTITY_EVENTS = ["$identify", "$group", "$alias"];

/** Events by how often they occurred; each leads to its trend. */
export function EventTable({ projectId, timeZone, total, events, searched }: EventTableProps) {
  if (events.length === 0) {
    return (
      <Surface>
        <Empty
          icon={<IconBolt size={22} stroke={1.5} />}
          title={searched ? "No event has such a name" : "No events yet"}
        >
          {searched ? null : "Names appear here with the first events that arrive."}
        </Empty>
      </Surface>
    );
  }
  const most = Math.max(...events.map((event) => event.count));
  const now = new Date();
  return (
    <Surface className={classes.sheet ?? ""}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col" data-number>
              Count
            </th>
            <th scope="col" data-number className={classes.wide}>
              Of all
            </th>
            <th scope="col" className={classes.wide}>
              <span className={classes.spoken}>Compared with the commonest</span>
            </th>
            <th scope="col">Last seen</th>
            <th scope="col">
              <span className={classes.spoken}>Ask</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.name}>
              <th scope="row">
                <Link
                  {...insightLink(projectId, trendOf(event.name, { events: [event] }, now))}
                  className={classes.name}
                >
                  {event.name}
                </Link>
              </th>
              <td data-number>{count(event.count)}</td>
              <td data-number className={classes.wide}>
                {formatValue(
                  total && !IDENTITY_EVENTS.includes(event.name) ? event.count / total : null,
                  "share",
                )}
              </td>
              <td className={classes.wide}>
                <span
                  className={classes.meter}
                  style={{ "--share": `${(event.count / most) * 100}%` }}
                />
              </td>
              <td className={classes.quiet}>
                <Moment iso={event.last_seen} timeZone={timeZone} />
              </td>
              <td>
                <Link
                  {...insightLink(projectId, trendOf(event.name, { events: [event] }, now))}
                  className={classes.ask}
                  aria-label={`Trend of ${event.name}`}
                >
                  <IconChartLine size={16} stroke={1.75} aria-hidden />
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Surface>
  );
}
