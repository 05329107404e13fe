import {
  ActionIcon,
  Button,
  SegmentedControl,
  Skeleton,
  Tooltip,
  VisuallyHidden,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChartLine,
  IconChevronDown,
  IconDownload,
  IconTable,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, Suspense, useMemo, useRef, useState } from "react";
import { useCatalog } from "../api/catalog";
import { useProject, useTimeZone } from "../api/projects";
import { csvOf } from "../api/query";
import { useRights } from "../api/session";
import type { Kind, Period, Point, Spec, Tile } from "../api/shapes";
import { useAmend } from "../lib/place";
import { PeopleDrawer } from "../people/PeopleDrawer";
import { Empty } from "../ui/Empty";
import { Page } from "../ui/Page";
import { wordsOf } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Answered } from "./Answered";
import { download } from "./download";
import { Explain } from "./Explain";
import classes from "./insights.module.css";
import { KindMenu } from "./KindMenu";
import { kindOf } from "./kinds";
import type { Place } from "./links";
import { PeriodPicker } from "./PeriodPicker";
import { everything, newestEvent, periodTitle } from "./periods";
import { asking, converted, same, shortened, withPeriod } from "./questions";
import { SaveButton } from "./SaveButton";
import { useQuestion } from "./useQuestion";

const TYPING_MS = 250;

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

  const { title: kindTitle, Icon, Editor, Tools } = kindOf(spec);
  const period = { from: "-30d", ...spec.period };
  const setPeriod = (next: Period) => change(withPeriod(spec, next, new Date()));

  return (
    <Page
      title={title(spec.kind)}
      description={description}
      actions={
        <>
          <KindMenu current={spec.kind} onChoose={(kind) => change(converted(spec, kind))}>
            <Button
              variant="default"
              aria-label={`Kind of question: ${kindTitle}`}
              leftSection={<Icon size={16} stroke={1.6} aria-hidden />}
              rightSection={<IconChevronDown size={14} aria-hidden />}
            >
              {kindTitle}
            </Button>
          </KindMenu>
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
          <Suspense fallback={<Skeleton height={420} radius="lg" />}>
            <Editor spec={spec} onChange={change} />
          </Suspense>
        </Surface>
        <Surface className={classes.result ?? ""} role="region" aria-label="Answer">
          <div className={classes.tools}>
            <PeriodPicker
              period={period}
              timeZone={timeZone}
              weekStart={weekStart}
              onChange={setPeriod}
            />
            {Tools && <Tools spec={spec} onChange={change} />}
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
    <span className={classes.labelled} title={text}>
      {icon}
      <VisuallyHidden>{text}</VisuallyHidden>
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
  const period = { from: "-30d", ...spec.period };
  const all = period.from === "all";
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
        `The newest event is from ${newest.toLocaleDateString(undefined, { dateStyle: "medium" })}; this question looks at: ${periodTitle(period).toLowerCase()}. `}
      Try a longer period, fewer conditions, or other events.
    </Empty>
  );
}
