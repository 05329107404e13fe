import { CloseButton, Skeleton, Tabs, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useCatalog } from "../api/catalog";
import { useTimeZone } from "../api/projects";
import { count, plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { EventTable } from "./EventTable";
import classes from "./events.module.css";
import { PropertyTable } from "./PropertyTable";

const AGAIN_MS = 15_000;

/** Every event and property that the project has seen, and what can be asked about them. */
export default function EventsPage() {
  const projectId = useProjectId();
  const timeZone = useTimeZone(projectId);
  const [search, setSearch] = useState("");
  const { data, error, refetch } = useCatalog(projectId, { refetchMs: AGAIN_MS });
  const words = search.trim().toLowerCase();
  return (
    <Page
      title="Events"
      description={
        data
          ? `${plural(data.event_total, "event", "events")} of ${plural(data.person_total, "person", "people")} so far.`
          : "Everything that questions can name."
      }
    >
      {error && !data ? <Problem error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton height={420} radius="lg" /> : null}
      {data ? (
        <Tabs defaultValue="events" keepMounted={false}>
          <div className={classes.tools}>
            <Tabs.List>
              <Tabs.Tab value="events">Events ({count(data.events.length)})</Tabs.Tab>
              <Tabs.Tab value="properties">Properties ({count(data.properties.length)})</Tabs.Tab>
            </Tabs.List>
            <TextInput
              size="xs"
              className={classes.search ?? ""}
              aria-label="Search by name"
              placeholder="Search by name"
              leftSection={<IconSearch size={14} />}
              rightSection={
                search ? (
                  <CloseButton size="xs" aria-label="Clear" onClick={() => setSearch("")} />
                ) : null
              }
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          </div>
          <Tabs.Panel value="events">
            <EventTable
              projectId={projectId}
              timeZone={timeZone}
              total={data.event_total}
              events={data.events.filter(({ name }) => name.toLowerCase().includes(words))}
              searched={words !== ""}
            />
          </Tabs.Panel>
          <Tabs.Panel value="properties">
            <PropertyTable
              projectId={projectId}
              properties={data.properties.filter(({ name }) => name.toLowerCase().includes(words))}
              searched={words !== ""}
            />
          </Tabs.Panel>
        </Tabs>
      ) : null}
    </Page>
  );
}
