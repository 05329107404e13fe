import { Button, CloseButton, SegmentedControl, Tabs, TextInput } from "@mantine/core";
import {
  IconAntennaBars5,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconSearch,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useRejections } from "../api/catalog";
import { useTimeZone } from "../api/projects";
import { count, plural } from "../lib/number";
import { useProjectId } from "../lib/place";
import { Empty } from "../ui/Empty";
import { Page } from "../ui/Page";
import { Surface } from "../ui/Surface";
import classes from "./live.module.css";
import { Rejections } from "./Rejections";
import { ArrivalRow, RejectionRow } from "./rows";
import { matching, type Showing } from "./stream";
import { type Line, useLive } from "./useLive";

const LINES: Record<Line, string> = {
  connecting: "Connecting",
  open: "Live",
  broken: "Connection lost, trying again",
};

/** Events as they arrive, and what could not become one, with the reason. */
export default function LivePage() {
  const projectId = useProjectId();
  const timeZone = useTimeZone(projectId);
  const { stream, line, pause } = useLive(projectId);
  const [showing, setShowing] = useState<Showing>("all");
  const [search, setSearch] = useState("");
  const kept = useRejections(projectId, 0, 50);
  const shown = useMemo(
    () => matching(stream.items, showing, search),
    [stream.items, showing, search],
  );
  return (
    <Page
      title="Live"
      description="Events a second or two after they were sent, and anything that was refused."
      actions={
        <>
          <span className={classes.line} data-line={line} role="status">
            {LINES[line]}
          </span>
          <Button
            size="xs"
            variant={stream.paused ? "filled" : "default"}
            leftSection={
              stream.paused ? (
                <IconPlayerPlayFilled size={12} />
              ) : (
                <IconPlayerPauseFilled size={12} />
              )
            }
            onClick={() => pause(!stream.paused)}
          >
            {stream.paused
              ? `Go on${stream.waiting.length ? ` (${count(stream.waiting.length)} new)` : ""}`
              : "Pause"}
          </Button>
        </>
      }
    >
      <Tabs defaultValue="arriving" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="arriving">Arriving</Tabs.Tab>
          <Tabs.Tab value="refused">
            Refused{kept.data ? ` (${count(kept.data.total)})` : ""}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="arriving">
          <div className={classes.tools}>
            <TextInput
              size="xs"
              className={classes.search ?? ""}
              aria-label="Search what arrives"
              placeholder="Event, person or property"
              leftSection={<IconSearch size={14} />}
              rightSection={
                search ? (
                  <CloseButton size="xs" aria-label="Clear" onClick={() => setSearch("")} />
                ) : null
              }
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <SegmentedControl
              size="xs"
              aria-label="What to show"
              value={showing}
              onChange={(value) => setShowing(value as Showing)}
              data={[
                { value: "all", label: "All" },
                { value: "arrival", label: "Accepted" },
                { value: "rejection", label: "Refused" },
              ]}
            />
            <span className={classes.counts}>
              {plural(stream.accepted, "event", "events")} accepted, {count(stream.rejected)}{" "}
              refused
            </span>
          </div>
          <Surface>
            {shown.length > 0 ? (
              <ul className={classes.list} aria-label="Arrivals, newest first">
                {shown.map((item) =>
                  item.kind === "arrival" ? (
                    <ArrivalRow
                      key={item.key}
                      projectId={projectId}
                      timeZone={timeZone}
                      item={item}
                    />
                  ) : (
                    <RejectionRow key={item.key} timeZone={timeZone} item={item} />
                  ),
                )}
              </ul>
            ) : stream.items.length > 0 ? (
              <Empty title="Nothing matches">
                Everything that arrived is there; the search or the choice above hides it.
              </Empty>
            ) : (
              <Empty
                icon={<IconAntennaBars5 size={22} stroke={1.5} />}
                title="Waiting for events"
                action={
                  <Button
                    size="xs"
                    variant="default"
                    component={Link}
                    {...({ to: "/p/$projectId/welcome", params: { projectId } } as object)}
                  >
                    How to send events
                  </Button>
                }
              >
                Leave this page open and use your product: each event shows up here as it arrives.
              </Empty>
            )}
          </Surface>
          <p className={classes.foot}>
            Times are in {timeZone}. The last 500 are shown; everything accepted is kept.
          </p>
        </Tabs.Panel>
        <Tabs.Panel value="refused">
          <Rejections projectId={projectId} timeZone={timeZone} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
