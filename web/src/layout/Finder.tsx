import { Kbd, Loader, Modal, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useCatalog } from "../api/catalog";
import { useDashboards } from "../api/dashboards";
import { usePeople } from "../api/people";
import { useMe } from "../api/session";
import { KINDS } from "../insights/kinds";
import { insightLink } from "../insights/links";
import { complete } from "../insights/questions";
import classes from "./Finder.module.css";
import { matching, type Place } from "./matching";

const SHOWN = 12;
const PEOPLE = 5;

/** Goes anywhere by typing: pages, dashboards, events, people, projects. */
export default function Finder({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const { places, searching } = usePlaces(projectId, typed);
  const found = matching(places, typed).slice(0, SHOWN);
  const current = Math.min(active, found.length - 1);

  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: "nearest" });
  }, [current]);

  function go(place: Place | undefined) {
    if (!place) return;
    onClose();
    place.go();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter") go(found[current]);
    else if (event.key === "ArrowDown") setActive((current + 1) % Math.max(1, found.length));
    else if (event.key === "ArrowUp") setActive(Math.max(0, current - 1));
    else return;
    event.preventDefault();
  }

  return (
    <Modal.Root opened onClose={onClose} padding={0} size={560} yOffset="12vh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label="Go to">
        <div className={classes.field}>
          <IconSearch size={17} stroke={1.6} aria-hidden="true" />
          <input
            role="combobox"
            aria-label="Go to"
            aria-expanded="true"
            aria-controls={id}
            aria-activedescendant={found[current] ? `${id}-${current}` : undefined}
            placeholder="Go to a page, dashboard, event or person"
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            data-autofocus
          />
          {searching ? <Loader size={14} aria-hidden="true" /> : <Kbd size="xs">Esc</Kbd>}
        </div>
        <div className={classes.list} role="listbox" id={id} aria-label="Places" ref={list}>
          {found.map((place, i) => (
            <UnstyledButton
              key={place.key}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === current}
              tabIndex={-1}
              className={classes.place}
              onMouseMove={() => setActive(i)}
              onClick={() => go(place)}
            >
              <span className={classes.label}>{place.label}</span>
              <span className={classes.group}>{place.group}</span>
            </UnstyledButton>
          ))}
        </div>
        {found.length === 0 ? (
          <p className={classes.none}>{searching ? "Searching" : "Nothing has that name."}</p>
        ) : null}
      </Modal.Content>
    </Modal.Root>
  );
}

function usePlaces(projectId: string, typed: string) {
  const navigate = useNavigate();
  const { data: who } = useMe();
  const { data: dashboards } = useDashboards(projectId);
  const { data: catalog } = useCatalog(projectId);
  const [wanted] = useDebouncedValue(typed.trim(), 150);
  const people = usePeople(projectId, wanted, { enabled: wanted.length >= 2 });
  const params = { projectId };

  const pages: Place[] = [
    ...(
      [
        ["Dashboards", "/p/$projectId/dashboards"],
        ["Live", "/p/$projectId/live"],
        ["Events", "/p/$projectId/events"],
        ["People", "/p/$projectId/people"],
        ["Cohorts", "/p/$projectId/cohorts"],
        ["Settings", "/p/$projectId/settings"],
        ["Send events", "/p/$projectId/welcome"],
      ] as const
    ).map(([label, to]) => ({
      key: to,
      label,
      group: "Page",
      go: () => void navigate({ to, params }),
    })),
    ...KINDS.map(({ name: kind, noun }) => ({
      key: kind,
      label: `New ${noun}`,
      group: "Question",
      go: () => void navigate({ to: "/p/$projectId/insights/$kind", params: { projectId, kind } }),
    })),
  ];
  const boards = (dashboards ?? []).map(({ id, name }) => ({
    key: id,
    label: name,
    group: "Dashboard",
    go: () =>
      void navigate({
        to: "/p/$projectId/dashboards/$dashboardId",
        params: { projectId, dashboardId: id },
      }),
  }));
  const events = (catalog?.events ?? []).map(({ name }) => ({
    key: `event ${name}`,
    label: name,
    group: "Event",
    go: () => {
      const spec = complete("trends", { kind: "trends", series: [{ event: name }] });
      if (spec) void navigate(insightLink(projectId, spec));
    },
  }));
  const others = (who?.projects ?? [])
    .filter((project) => project.id !== projectId)
    .map(({ id, name }) => ({
      key: id,
      label: name,
      group: "Project",
      go: () => void navigate({ to: "/p/$projectId", params: { projectId: id } }),
    }));
  const persons = (wanted.length >= 2 ? (people.data?.pages[0]?.people ?? []) : [])
    .slice(0, PEOPLE)
    .map(({ id, name }) => ({
      key: id,
      // People are found by all that is known about them, which the name need not show.
      label: name,
      group: name.toLowerCase().includes(typed.trim().toLowerCase())
        ? "Person"
        : `Person · ${typed.trim()}`,
      go: () => void navigate({ to: "/p/$projectId/people/$uid", params: { projectId, uid: id } }),
    }));
  return {
    places: [...boards, ...pages, ...events, ...persons, ...others],
    searching: wanted.length >= 2 && people.isFetching,
  };
}
