import { ActionIcon, Button, Loader, Menu, Skeleton, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import {
  IconArrowBackUp,
  IconCopy,
  IconDots,
  IconLayoutDashboard,
  IconPlus,
  IconRefresh,
  IconTrash,
} from "@tabler/icons-react";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useCatalog } from "../api/catalog";
import { ApiError } from "../api/client";
import { useAddDashboard, useDashboard, useRemoveDashboard } from "../api/dashboards";
import { useRights } from "../api/session";
import type { Dashboard, Draft, Point, Spec } from "../api/shapes";
import { KINDS } from "../insights/kinds";
import { PeopleDrawer } from "../people/PeopleDrawer";
import { Nothing } from "../ui/Boundary";
import { Empty } from "../ui/Empty";
import { InlineText } from "../ui/InlineText";
import { ButtonLink, MenuLink } from "../ui/links";
import { Page } from "../ui/Page";
import { Problem, wordsOf } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { useArranging } from "./arrange";
import classes from "./DashboardPage.module.css";
import { type Change, describe, draftOf, putBackTile, rename } from "./edit";
import { PeriodSwitch } from "./PeriodSwitch";
import { periodIn, searchFor } from "./period";
import { TileCard } from "./TileCard";
import { useEditor } from "./useEditor";
import { NEW_NAME } from "./useNewDashboard";

const ICON = { size: 16, stroke: 1.6 } as const;

/** A dashboard: its tiles, side by side. */
export default function DashboardPage() {
  const { projectId, dashboardId } = useParams({ from: "/p/$projectId/dashboards/$dashboardId" });
  const { data, error, refetch } = useDashboard(projectId, dashboardId);

  if (data) return <Board key={dashboardId} projectId={projectId} dashboard={data} />;
  if (error instanceof ApiError && error.status === 404) {
    return <Nothing>This dashboard was deleted, or the link is wrong.</Nothing>;
  }
  return (
    <Page title="Dashboard" heading={<Skeleton height={28} width={180} />}>
      {error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <div className={classes.grid} aria-busy="true">
          {[7, 5, 12].map((width) => (
            <div key={width} style={{ gridColumn: `span ${width}`, gridRow: "span 4" }}>
              <Skeleton height="100%" radius="lg" />
            </div>
          ))}
        </div>
      )}
    </Page>
  );
}

function Board({ projectId, dashboard }: { projectId: string; dashboard: Dashboard }) {
  const { edit } = useRights();
  const editor = useEditor(projectId, dashboard.id);
  const arranging = useArranging(dashboard.tiles, change);
  const [opened, setOpened] = useState<{ spec: Spec; point: Point; label: string } | null>(null);
  const period = periodIn(useSearch({ from: "/p/$projectId/dashboards/$dashboardId" }));
  const navigate = useNavigate({ from: "/p/$projectId/dashboards/$dashboardId" });
  useHotkeys(edit ? [["mod+Z", editor.undo]] : []);

  function change(made: Change) {
    const before = dashboard.tiles;
    editor.apply(made);
    const after = new Set(made.make(draftOf(dashboard)).tiles.map(({ id }) => id));
    const index = before.findIndex(({ id }) => !after.has(id));
    const gone = before[index];
    if (gone)
      offerUndo(`“${gone.title}” was deleted`, () => editor.apply(putBackTile(gone, index)));
  }

  const heading = edit ? (
    <h1 className={classes.name}>
      <InlineText
        required
        value={dashboard.name}
        label="Name of the dashboard"
        maxLength={200}
        open={dashboard.name === NEW_NAME && dashboard.tiles.length === 0}
        onChange={(name) => editor.apply(rename(name))}
      />
    </h1>
  ) : undefined;
  const description = edit ? (
    <InlineText
      value={dashboard.description}
      label="Description"
      placeholder="Say what this dashboard answers"
      maxLength={2000}
      onChange={(text) => editor.apply(describe(text))}
    />
  ) : (
    dashboard.description
  );

  return (
    <Page
      title={dashboard.name}
      heading={heading}
      description={description}
      actions={
        <>
          {editor.saving ? <Loader size={16} role="status" aria-label="Saving" /> : null}
          {editor.undoable ? (
            <Tooltip label={`Undo: ${editor.undoable.toLowerCase()} (Ctrl Z)`}>
              <ActionIcon size={36} onClick={editor.undo} aria-label="Undo">
                <IconArrowBackUp size={18} stroke={1.6} />
              </ActionIcon>
            </Tooltip>
          ) : null}
          {dashboard.tiles.length > 0 ? (
            <PeriodSwitch
              projectId={projectId}
              period={period}
              onChange={(next) => navigate({ search: searchFor(next) })}
            />
          ) : null}
          <Refresh projectId={projectId} />
          {edit ? <AddTile projectId={projectId} dashboardId={dashboard.id} /> : null}
          {edit ? <More projectId={projectId} dashboard={dashboard} /> : null}
        </>
      }
    >
      <NothingYet projectId={projectId} />
      {dashboard.tiles.length === 0 ? (
        <Surface>
          <Empty
            icon={<IconLayoutDashboard size={22} stroke={1.5} />}
            title="Nothing on this dashboard yet"
            action={edit ? <AddTile projectId={projectId} dashboardId={dashboard.id} /> : null}
          >
            Ask a question, look at the answer, and save it here. It stays up to date by itself.
          </Empty>
        </Surface>
      ) : (
        <div className={classes.grid} data-grid>
          {arranging.shown.map((tile, index) => (
            <TileCard
              key={tile.id}
              projectId={projectId}
              dashboardId={dashboard.id}
              tile={tile}
              period={period}
              index={index}
              last={index === dashboard.tiles.length - 1}
              editable={edit}
              active={arranging.active === tile.id}
              onChange={change}
              onPoint={(point, label, spec) => setOpened({ spec, point, label })}
              onMoveStart={(press) => arranging.startMove(press, tile.id)}
              onResizeStart={(press) => arranging.startResize(press, tile)}
            />
          ))}
        </div>
      )}
      <PeopleDrawer
        projectId={projectId}
        spec={opened?.spec ?? null}
        point={opened?.point ?? null}
        label={opened?.label ?? ""}
        onClose={() => setOpened(null)}
      />
    </Page>
  );
}

/** Leads to the first event while there is none; charts of nothing explain nothing. */
function NothingYet({ projectId }: { projectId: string }) {
  const { data: catalog } = useCatalog(projectId, { refetchMs: 10_000 });
  if (catalog?.event_total !== 0) return null;
  return (
    <Surface className={classes.nothing}>
      <div>
        <strong>No event has arrived yet.</strong>
        <p>These tiles fill by themselves as soon as your product sends events.</p>
      </div>
      <ButtonLink to="/p/$projectId/welcome" params={{ projectId }} variant="default">
        Send the first event
      </ButtonLink>
    </Surface>
  );
}

function Refresh({ projectId }: { projectId: string }) {
  const client = useQueryClient();
  const queryKey = ["project", projectId, "answer"];
  const asking = useIsFetching({ queryKey }) > 0;
  return (
    <Tooltip label="Ask everything again">
      <ActionIcon
        size={36}
        visibleFrom="sm"
        aria-label="Refresh"
        loading={asking}
        onClick={() => client.invalidateQueries({ queryKey })}
      >
        <IconRefresh size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}

function AddTile({ projectId, dashboardId }: { projectId: string; dashboardId: string }) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button leftSection={<IconPlus size={16} />}>Add tile</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KINDS.map(({ name, title, Icon }) => (
          <MenuLink
            key={name}
            leftSection={<Icon {...ICON} />}
            to="/p/$projectId/insights/$kind"
            params={{ projectId, kind: name }}
            search={{ dashboard: dashboardId }}
          >
            {title}
          </MenuLink>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function More({ projectId, dashboard }: { projectId: string; dashboard: Dashboard }) {
  const remove = useRemoveDashboard(projectId);
  const add = useAddDashboard(projectId);
  const navigate = useNavigate();

  // What follows a promise also happens when this menu is long gone, as it is after deleting.
  async function keep(draft: Draft) {
    try {
      const { id } = await add.mutateAsync(draft);
      await navigate({
        to: "/p/$projectId/dashboards/$dashboardId",
        params: { projectId, dashboardId: id },
      });
    } catch (error) {
      fail(error);
    }
  }

  async function deleteIt() {
    const draft = draftOf(dashboard);
    try {
      await remove.mutateAsync(dashboard.id);
      await navigate({ to: "/p/$projectId/dashboards", params: { projectId } });
      offerUndo(`“${dashboard.name}” was deleted`, () => void keep(draft));
    } catch (error) {
      fail(error);
    }
  }

  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon size={36} aria-label="More about this dashboard">
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCopy {...ICON} />}
          onClick={() => keep({ ...draftOf(dashboard), name: `${dashboard.name} (copy)` })}
        >
          Duplicate
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash {...ICON} />} onClick={deleteIt}>
          Delete dashboard
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function fail(error: unknown) {
  const { message, hint } = wordsOf(error);
  notifications.show({ color: "red", title: message, message: hint });
}

function offerUndo(what: string, undo: () => void) {
  const id = notifications.show({
    autoClose: 10_000,
    title: what,
    message: (
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => {
          notifications.hide(id);
          undo();
        }}
      >
        Undo
      </Button>
    ),
  });
}
