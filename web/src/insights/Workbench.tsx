import { ActionIcon, Button, NativeSelect, SegmentedControl, Switch, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChartLine,
  IconDownload,
  IconTable,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { useCatalog } from "../api/catalog";
import { useProject, useTimeZone } from "../api/projects";
import { csvOf } from "../api/query";
import { useRights } from "../api/session";
import type { Interval, Kind, Period, Point, Spec, Tile } from "../api/shapes";
import { useAmend } from "../lib/place";
import { PeopleDrawer } from "../people/PeopleDrawer";
import { Empty } from "../ui/Empty";
import { Page } from "../ui/Page";
import { wordsOf } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Answered } from "./Answered";
import { download } from "./download";
import { Explain } from "./Explain";
import { FunnelEditor } from "./funnel/FunnelEditor";
import classes from "./insights.module.css";
import type { Place } from "./links";
import { PeriodPicker } from "./PeriodPicker";
import { everything, fittingInterval, newestEvent, periodTitle } from "./periods";
import { asking, converted, same, shortened } from "./questions";
import { RetentionEditor } from "./retention/RetentionEditor";
import { SaveButton } from "./SaveButton";
import { TrendsEditor } from "./trends/TrendsEditor";
import { useQuestion } from "./useQuestion";

const TYPING_MS = 250;
const INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];

interface WorkbenchProps {
  projectId: string;
  given: Spec;
  place: Place | null;
  tile: Tile | null;
  title: (kind: Kind) => string;
  description: ReactNode;
}

interface Opened {
  point: Point;
  label: string;
  spec: Spec;
}

/** A question beside its answer. Every change is asked at once; the last answer stays until then. */
export function Workbench({ projectId, given, place, tile, title, description }: WorkbenchProps) {
  const { spec, change, undo, redo } = useQuestion(projectId, given, place);
  // What is typed while saving must not be lost when the address changes afterwards.
  const latest = useRef(spec);
  latest.current = spec;
  const rights = useRights();
  const amend = useAmend();
  const timeZone = useTimeZone(projectId);
  const weekStart = useProject(projectId).data?.week_start ?? "monday";
  const [mode, setMode] = useState<"chart" | "table">("chart");
  const [opened, setOpened] = useState<Opened | null>(null);
  const [settled] = useDebouncedValue(spec, TYPING_MS);
  const { spec: asked, missing } = useMemo(() => asking(settled), [settled]);

  const setPeriod = (period: Period) =>
    change(
      spec.kind === "trends"
        ? { ...spec, period, interval: fittingInterval(period, spec.interval, new Date()) }
        : { ...spec, period },
    );

  return (
    <Page
      title={title(spec.kind)}
      description={description}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Kind of question"
            value={spec.kind}
            onChange={(kind) => change(converted(spec, kind as Kind))}
            data={[
              { value: "trends", label: "Trends" },
              { value: "funnel", label: "Funnel" },
              { value: "retention", label: "Retention" },
            ]}
          />
          <span className={classes.pairOfActs}>
            <Act label="Undo (Ctrl+Z)" onClick={undo}>
              <IconArrowBackUp size={18} stroke={1.75} />
            </Act>
            <Act label="Redo (Ctrl+Shift+Z)" onClick={redo}>
              <IconArrowForwardUp size={18} stroke={1.75} />
            </Act>
          </span>
          {rights.edit && (
            <SaveButton
              projectId={projectId}
              spec={asked ?? spec}
              place={place}
              saved={tile !== null && same(tile.spec, asked ?? spec)}
              onSaved={(saved) =>
                amend({
                  to: "/p/$projectId/insights/$kind",
                  params: { projectId, kind: latest.current.kind },
                  search: { spec: shortened(latest.current), ...saved },
                })
              }
            />
          )}
        </>
      }
    >
      <div className={classes.bench}>
        <Surface className={classes.editor ?? ""} role="form" aria-label="Question">
          {spec.kind === "trends" && <TrendsEditor spec={spec} onChange={change} />}
          {spec.kind === "funnel" && <FunnelEditor spec={spec} onChange={change} />}
          {spec.kind === "retention" && <RetentionEditor spec={spec} onChange={change} />}
        </Surface>
        <Surface className={classes.result ?? ""} role="region" aria-label="Answer">
          <div className={classes.tools}>
            <PeriodPicker
              period={spec.period}
              timeZone={timeZone}
              weekStart={weekStart}
              onChange={setPeriod}
            />
            {spec.kind === "trends" && (
              <>
                <NativeSelect
                  size="xs"
                  aria-label="Interval"
                  value={spec.interval}
                  onChange={(event) =>
                    change({ ...spec, interval: event.currentTarget.value as Interval })
                  }
                  data={INTERVALS.map((interval) => ({ value: interval, label: `By ${interval}` }))}
                />
                <Switch
                  size="xs"
                  label="Compare"
                  title="Draw the period before as a dashed line"
                  checked={spec.compare}
                  onChange={(event) => change({ ...spec, compare: event.currentTarget.checked })}
                />
              </>
            )}
            <span className={classes.toolsEnd}>
              <SegmentedControl
                size="xs"
                aria-label="How to show the answer"
                value={mode}
                onChange={(value) => setMode(value as typeof mode)}
                data={[
                  {
                    value: "chart",
                    label: <Labelled icon={<IconChartLine size={15} />} text="Chart" />,
                  },
                  {
                    value: "table",
                    label: <Labelled icon={<IconTable size={15} />} text="Table" />,
                  },
                ]}
              />
              {asked && <Download projectId={projectId} spec={asked} />}
            </span>
          </div>
          {missing && <p className={classes.missing}>{missing}</p>}
          <Answered
            projectId={projectId}
            spec={asked}
            height={420}
            mode={mode}
            onPoint={(point, label, of) => setOpened({ point, label, spec: of })}
            beside={(answer) => <Explain answer={answer} />}
            empty={<NothingHere projectId={projectId} spec={spec} onPeriod={setPeriod} />}
          />
        </Surface>
      </div>
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

function Act({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: (() => void) | null;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={classes.act}
        aria-label={label}
        disabled={onClick === null}
        onClick={() => onClick?.()}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Labelled({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <span className={classes.labelled}>
      {icon}
      {text}
    </span>
  );
}

function Download({ projectId, spec }: { projectId: string; spec: Spec }) {
  const [pending, setPending] = useState(false);
  const get = async () => {
    setPending(true);
    try {
      download(await csvOf(projectId, spec), `${spec.kind}.csv`);
    } catch (error) {
      const { message, hint } = wordsOf(error);
      notifications.show({ color: "red", title: message, message: hint });
    } finally {
      setPending(false);
    }
  };
  return (
    <Tooltip label="Download as CSV">
      <ActionIcon aria-label="Download as CSV" loading={pending} onClick={() => void get()}>
        <IconDownload size={18} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}

interface NothingHereProps {
  projectId: string;
  spec: Spec;
  onPeriod: (period: Period) => void;
}

/** Says why there is nothing to see, and what would change that. */
function NothingHere({ projectId, spec, onPeriod }: NothingHereProps) {
  const catalog = useCatalog(projectId);
  const newest = catalog.data ? newestEvent(catalog.data) : null;
  if (catalog.data && newest === null) {
    return (
      <Empty
        title="No events yet"
        action={
          <Button
            size="xs"
            component={Link}
            {...({ to: "/p/$projectId/welcome", params: { projectId } } as object)}
          >
            Send the first event
          </Button>
        }
      >
        As soon as events arrive, this question is answered here.
      </Empty>
    );
  }
  const all = spec.period.from === "all";
  return (
    <Empty
      title="Nothing in this answer"
      action={
        all ? null : (
          <Button
            size="xs"
            variant="default"
            onClick={() => onPeriod(newest ? everything(newest) : { from: "all" })}
          >
            Show all time
          </Button>
        )
      }
    >
      {newest &&
        `The newest event is from ${newest.toLocaleDateString(undefined, { dateStyle: "medium" })}; this question looks at: ${periodTitle(spec.period).toLowerCase()}. `}
      Try a longer period, fewer conditions, or other events.
    </Empty>
  );
}
