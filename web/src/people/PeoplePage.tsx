import { Button, CloseButton, Skeleton, Table, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { usePeople } from "../api/people";
import { useTimeZone } from "../api/projects";
import type { Person } from "../api/shapes";
import { inline } from "../lib/json";
import { count, plural } from "../lib/number";
import { useAmend, useProjectId } from "../lib/place";
import { Empty } from "../ui/Empty";
import { ButtonLink } from "../ui/links";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Avatar } from "./Avatar";
import classes from "./PeoplePage.module.css";

/** Everyone the project has seen, those seen last first. */
export default function PeoplePage() {
  const projectId = useProjectId();
  const { search = "" } = useSearch({ from: "/p/$projectId/people" });
  const amend = useAmend();
  const [typed, setTyped] = useState(search);
  const people = usePeople(projectId, search);
  const pages = people.data?.pages;
  const total = pages?.at(-1)?.total ?? 0;

  const find = useDebouncedCallback((text: string) => {
    amend({
      to: "/p/$projectId/people",
      params: { projectId },
      search: text.trim() === "" ? {} : { search: text.trim() },
    });
  }, 200);

  function type(text: string) {
    setTyped(text);
    find(text);
  }

  return (
    <Page title="People" description="Everyone who used the product, those seen last first.">
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          aria-label="Search people"
          placeholder="Search names, e-mail addresses, ids, properties"
          maxLength={200}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          rightSection={
            typed ? <CloseButton size="sm" aria-label="Clear" onClick={() => type("")} /> : null
          }
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
        />
        <span className={classes.total} aria-live="polite">
          {pages ? plural(total, "person", "people") : null}
        </span>
      </div>
      {people.error ? <Problem error={people.error} onRetry={people.refetch} /> : null}
      <Surface style={{ opacity: people.isPlaceholderData ? 0.6 : 1 }}>
        {pages ? (
          <List
            people={pages.flatMap((page) => page.people)}
            projectId={projectId}
            search={search}
          />
        ) : people.error ? null : (
          <div className={classes.waiting} aria-busy="true">
            {[0, 1, 2, 3, 4, 5, 6, 7].map((i) => (
              <Skeleton key={i} height={36} />
            ))}
          </div>
        )}
      </Surface>
      {people.hasNextPage ? (
        <Button
          variant="default"
          mt="md"
          loading={people.isFetchingNextPage}
          onClick={() => people.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </Page>
  );
}

function List(props: { people: readonly Person[]; projectId: string; search: string }) {
  const { people, projectId, search } = props;
  const timeZone = useTimeZone(projectId);

  if (people.length === 0) {
    return (
      <Empty
        icon={<IconUsers size={22} stroke={1.5} />}
        title={search ? "Nobody like that" : "Nobody yet"}
        action={
          search ? null : (
            <ButtonLink to="/p/$projectId/welcome" params={{ projectId }} variant="default">
              Send the first event
            </ButtonLink>
          )
        }
      >
        {search
          ? `No person's name, id or property contains “${search}”.`
          : "People appear here with the first event that they do."}
      </Empty>
    );
  }
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table className={classes.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th className={classes.wide}>Known about them</Table.Th>
            <Table.Th className={classes.wide} ta="right">
              Events
            </Table.Th>
            <Table.Th className={classes.wide}>First seen</Table.Th>
            <Table.Th>Last seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.id}>
              <Table.Td>
                <Link
                  to="/p/$projectId/people/$uid"
                  params={{ projectId, uid: person.id }}
                  className={classes.person}
                >
                  <Avatar name={person.name} id={person.id} size={28} />
                  <span className={classes.name}>{person.name}</span>
                </Link>
              </Table.Td>
              <Table.Td className={classes.wide}>
                <span className={classes.known}>{known(person)}</span>
              </Table.Td>
              <Table.Td className={classes.wide} ta="right">
                {person.events === null ? "–" : count(person.events)}
              </Table.Td>
              <Table.Td className={classes.wide}>
                <Moment iso={person.first_seen} timeZone={timeZone} />
              </Table.Td>
              <Table.Td>
                <Moment iso={person.last_seen} timeZone={timeZone} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Returns a few properties in one line, without what the name says already. */
function known(person: Person): string {
  const told = Object.entries(person.properties)
    .filter(([, value]) => inline(value) !== person.name)
    .slice(0, 3)
    .map(([name, value]) => `${name} ${inline(value)}`);
  return told.join(" · ") || "–";
}
