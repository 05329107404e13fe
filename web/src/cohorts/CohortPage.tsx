import { Button, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import {
  useCohorts,
  useDescribedSize,
  useKeepCohort,
  useMembersOf,
  useRemoveCohort,
  useSizes,
} from "../api/cohorts";
import { useRights } from "../api/session";
import type { Cohort, Lines } from "../api/shapes";
import { LinesChart } from "../charts/LinesChart";
import { Section } from "../insights/Section";
import { plural } from "../lib/number";
import { Avatar } from "../people/Avatar";
import drawer from "../people/PeopleDrawer.module.css";
import { Nothing } from "../ui/Boundary";
import { Confirm } from "../ui/Confirm";
import { Page } from "../ui/Page";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import classes from "./CohortPage.module.css";
import { NEW } from "./CohortsPage";
import { RulesEditor } from "./RulesEditor";
import { definitionOf, NEW_RULE, type Rules, rulesOf } from "./rules";

/** One cohort: who is in it, how many that are and were, and the people. */
export default function CohortPage() {
  const { projectId, cohortId } = useParams({ from: "/p/$projectId/cohorts/$cohortId" });
  const { data, error, refetch } = useCohorts(projectId);
  const found = data?.find(({ id }) => id === cohortId) ?? null;
  if (error) {
    return (
      <Page title="Cohort">
        <Problem error={error} onRetry={refetch} />
      </Page>
    );
  }
  if (!data && cohortId !== NEW) {
    return (
      <Page title="Cohort">
        <Skeleton height={320} radius="lg" />
      </Page>
    );
  }
  if (!found && cohortId !== NEW) {
    return <Nothing>This cohort was deleted, or the link is wrong.</Nothing>;
  }
  return <Described key={cohortId} projectId={projectId} cohort={found} />;
}

function Described({ projectId, cohort }: { projectId: string; cohort: Cohort | null }) {
  const navigate = useNavigate();
  const { edit: mayEdit } = useRights();
  const keep = useKeepCohort(projectId);
  const [name, setName] = useState(cohort?.name ?? "");
  const [rules, setRules] = useState<Rules | null>(() =>
    cohort?.definition
      ? rulesOf(cohort.definition)
      : cohort
        ? null
        : { join: "all", rules: [NEW_RULE] },
  );
  const [settled] = useDebouncedValue(rules, 300);
  const definition = useMemo(() => (settled ? definitionOf(settled) : null), [settled]);
  const size = useDescribedSize(projectId, definition);
  const [removing, setRemoving] = useState(false);

  async function save() {
    const described = rules ? definitionOf(rules) : null;
    const label = { name: name.trim(), description: cohort?.description ?? "" };
    if (cohort) {
      const revised = { ...label, definition: described ?? cohort.definition };
      await keep.mutateAsync({ id: cohort.id, edit: { ...revised, revision: cohort.revision } });
    } else if (described) {
      const made = await keep.mutateAsync({ id: null, edit: { ...label, definition: described } });
      await navigate({
        to: "/p/$projectId/cohorts/$cohortId",
        params: { projectId, cohortId: made.id },
        replace: true,
      });
    }
  }

  return (
    <Page
      title={cohort?.name ?? "New cohort"}
      description={cohort?.kind === "static" ? "A list that stays as it is." : null}
      actions={
        mayEdit ? (
          <>
            {cohort && (
              <Button variant="default" onClick={() => setRemoving(true)}>
                Delete
              </Button>
            )}
            <Button
              loading={keep.isPending}
              disabled={name.trim() === "" || (!cohort && definition === null)}
              onClick={() => void save().catch(() => undefined)}
            >
              Save cohort
            </Button>
          </>
        ) : null
      }
    >
      {keep.error ? <Problem error={keep.error} /> : null}
      <div className={classes.columns}>
        <Surface role="form" aria-label="Cohort">
          <Section title="Name">
            <TextInput
              aria-label="Name of the cohort"
              placeholder="Such as: Active buyers"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Section>
          {rules ? (
            <Section title="People in it">
              <RulesEditor rules={rules} onChange={setRules} />
            </Section>
          ) : (
            cohort?.definition && (
              <Section title="People in it">
                <pre className={classes.source}>{JSON.stringify(cohort.definition, null, 2)}</pre>
              </Section>
            )
          )}
          <p className={classes.size} aria-live="polite">
            {size.error ? <Problem error={size.error} /> : null}
            {size.data &&
              `${plural(size.data.people, "person", "people")} of ${size.data.everyone.toLocaleString()}`}
          </p>
        </Surface>
        {cohort && (
          <div className={classes.right}>
            <Surface className={classes.panel ?? ""} role="region" aria-label="Size over time">
              <Over projectId={projectId} cohortId={cohort.id} />
            </Surface>
            <Surface className={classes.panel ?? ""} role="region" aria-label="Members">
              <Members projectId={projectId} cohortId={cohort.id} />
            </Surface>
          </div>
        )}
      </div>
      {removing && cohort && (
        <Removing projectId={projectId} cohort={cohort} onClose={() => setRemoving(false)} />
      )}
    </Page>
  );
}

function Removing(props: { projectId: string; cohort: Cohort; onClose: () => void }) {
  const { projectId, cohort, onClose } = props;
  const remove = useRemoveCohort(projectId);
  const navigate = useNavigate();
  const refused = remove.error !== null;
  return (
    <Confirm
      title={`Delete ${cohort.name}?`}
      act={refused ? "Delete although it is used" : "Delete"}
      pending={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { id: cohort.id, although_used: refused },
          {
            onSuccess: () => void navigate({ to: "/p/$projectId/cohorts", params: { projectId } }),
          },
        )
      }
    >
      Questions that filter or split by it can no longer be answered. The people stay.
    </Confirm>
  );
}

function Over({ projectId, cohortId }: { projectId: string; cohortId: string }) {
  const { data, error } = useSizes(projectId, cohortId);
  const chart = useMemo<Lines | null>(
    () =>
      data
        ? {
            type: "lines",
            interval: "day",
            times: data.sizes.map(({ day }) => `${day}T00:00:00`),
            lines: [
              {
                label: "People in it now",
                values: data.sizes.map(({ people }) => people),
                total: data.sizes.at(-1)?.people ?? 0,
                points: data.sizes.map(() => null),
                total_point: null,
                unit: "count",
              },
            ],
          }
        : null,
    [data],
  );
  if (error) return <Problem error={error} />;
  if (!chart || !data) return <Skeleton height={220} />;
  return (
    <>
      <LinesChart chart={chart} sentence="Size of the cohort over time." height={220} />
      {!data.has_a_past && (
        <p className={classes.aside}>
          Lists and properties of people have no past: only today is known.
        </p>
      )}
    </>
  );
}

function Members({ projectId, cohortId }: { projectId: string; cohortId: string }) {
  const members = useMembersOf(projectId, cohortId);
  const pages = members.data?.pages;
  if (members.error && !pages) return <Problem error={members.error} onRetry={members.refetch} />;
  if (!pages) return <Skeleton height={200} />;
  return (
    <>
      <h2 className={classes.title}>{plural(pages.at(-1)?.total ?? 0, "member", "members")}</h2>
      <ul className={drawer.list}>
        {pages
          .flatMap((page) => page.people)
          .map((person) => (
            <li key={person.id}>
              <Link
                to="/p/$projectId/people/$uid"
                params={{ projectId, uid: person.id }}
                className={drawer.person}
              >
                <Avatar name={person.name} id={person.id} />
                <span className={drawer.name}>{person.name}</span>
              </Link>
            </li>
          ))}
      </ul>
      {members.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          mt="md"
          loading={members.isFetchingNextPage}
          onClick={() => void members.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
