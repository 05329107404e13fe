import { Skeleton, UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconTag } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { useCatalog, useValues } from "../api/catalog";
import type { CatalogProperty, PropertyOf } from "../api/shapes";
import { insightLink } from "../insights/links";
import { count } from "../lib/number";
import { Empty } from "../ui/Empty";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import classes from "./events.module.css";
import { splitBy } from "./questions";

const OWNERS: readonly { of: PropertyOf; title: string; words: string }[] = [
  { of: "event", title: "Of events", words: "What was sent with an event." },
  { of: "person", title: "Of people", words: "What is known of a person now." },
  { of: "account", title: "Of accounts", words: "What is known of a group of people now." },
];

interface PropertyTableProps {
  projectId: string;
  properties: readonly CatalogProperty[];
  searched: boolean;
}

/** Properties by whose they are; each opens its commonest values. */
export function PropertyTable({ projectId, properties, searched }: PropertyTableProps) {
  if (properties.length === 0) {
    return (
      <Surface>
        <Empty
          icon={<IconTag size={22} stroke={1.5} />}
          title={searched ? "No property has such a name" : "No properties yet"}
        >
          {searched ? null : "Names appear here with the first events that have properties."}
        </Empty>
      </Surface>
    );
  }
  return OWNERS.map(({ of, title, words }) => {
    const theirs = properties.filter((property) => property.of === of);
    if (theirs.length === 0) return null;
    return (
      <section key={of} className={classes.owner} aria-label={title}>
        <h2 className={classes.ownerTitle}>
          {title} <span className={classes.quiet}>{words}</span>
        </h2>
        <Surface className={classes.sheet ?? ""}>
          <ul className={classes.list}>
            {theirs.map((property) => (
              <PropertyRow key={property.name} projectId={projectId} property={property} />
            ))}
          </ul>
        </Surface>
      </section>
    );
  });
}

function PropertyRow({ projectId, property }: { projectId: string; property: CatalogProperty }) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  return (
    <li className={classes.property}>
      <UnstyledButton
        className={classes.propertyHead}
        aria-expanded={opened}
        aria-controls={opened ? id : undefined}
        onClick={() => setOpened(!opened)}
      >
        <IconChevronRight size={14} aria-hidden className={classes.chevron} data-opened={opened} />
        <span className={classes.propertyName}>{property.name}</span>
      </UnstyledButton>
      {opened && (
        <div id={id} className={classes.values}>
          <Values projectId={projectId} property={property} />
        </div>
      )}
    </li>
  );
}

function Values({ projectId, property }: { projectId: string; property: CatalogProperty }) {
  const { data, error, refetch } = useValues(projectId, property, null, "");
  const catalog = useCatalog(projectId);
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={96} />;
  if (data.length === 0) return <p className={classes.quiet}>No values.</p>;
  const most = Math.max(...data.map((item) => item.count));
  return (
    <>
      <table className={classes.valueTable}>
        <caption className={classes.spoken}>Commonest values of {property.name}</caption>
        <tbody>
          {data.slice(0, 12).map((item) => (
            <tr key={item.value}>
              <th scope="row" title={item.value}>
                {item.value}
              </th>
              <td>
                <span
                  className={classes.meter}
                  style={{ "--share": `${(item.count / most) * 100}%` }}
                />
              </td>
              <td data-number>{count(item.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {catalog.data && (
        <Link
          {...insightLink(projectId, splitBy(property, catalog.data, new Date()))}
          className={classes.link}
        >
          People by {property.name}
        </Link>
      )}
    </>
  );
}
