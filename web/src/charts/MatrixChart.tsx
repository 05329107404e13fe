import { SegmentedControl, UnstyledButton, useComputedColorScheme } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Matrix, MatrixCell, MatrixGroup, Unit } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { Drawing } from "./Drawing";
import { bucketShort, bucketTitle, formatValue } from "./format";
import { within } from "./openings";
import { COLORS, seriesColor } from "./palette";
import { plotLines } from "./plot";

interface MatrixChartProps {
  chart: Matrix;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** How many curves are drawn at most: one per colour. */
const CURVES = COLORS;

type Showing = "value" | "persons";

/** Cohorts by intervals since their start: the darker a cell, the larger its share. */
export function MatrixChart({ chart, onPoint, height, compact = false }: MatrixChartProps) {
  const [showing, setShowing] = useState<Showing>("value");
  const { unit = "share" } = chart;
  const many = chart.groups.length > 1;
  const most = useMemo(() => largest(chart.groups), [chart.groups]);
  const scheme = useComputedColorScheme("light");
  const drawn = many && !compact ? CURVES : 0;
  return (
    <div className={classes.stack} style={compact ? { height } : { minHeight: height }}>
      {!compact && <Curve chart={chart} />}
      {!compact && (
        <div className={classes.bar}>
          <h3 className={classes.subtitle}>Cohorts</h3>
          <SegmentedControl
            size="xs"
            aria-label="What the cells show"
            value={showing}
            onChange={(value) => setShowing(value as Showing)}
            data={[
              { value: "value", label: unit === "share" ? "Share" : "Value" },
              { value: "persons", label: "People" },
            ]}
          />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.matrixFrame} aria-label="Cohorts" tabIndex={0}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{many ? "Group" : "Cohort"}</th>
              <th scope="col" className={classes.size}>
                People
              </th>
              {chart.columns.slice(1).map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          {chart.groups.map((group, g) => (
            <Rows
              key={JSON.stringify(group.rows[0]?.cells[0]?.point ?? group.label)}
              group={group}
              chart={chart}
              many={many}
              color={g < drawn ? seriesColor(g, scheme) : null}
              most={most}
              showing={showing}
              onPoint={onPoint}
            />
          ))}
        </table>
      </section>
    </div>
  );
}

function largest(groups: readonly MatrixGroup[]): number {
  const values = groups.flatMap((group) => [
    ...group.average.slice(1),
    ...group.rows.flatMap((row) => row.cells.slice(1).map(shownIn)),
  ]);
  return Math.max(0.01, ...values.map((value) => value ?? 0));
}

/** Returns what a cell shows: its share, unless it measures something else. */
function shownIn({ share, value = null }: MatrixCell): number | null {
  return value ?? share;
}

interface RowsProps {
  group: MatrixGroup;
  chart: Matrix;
  many: boolean;
  /** The colour of the group's curve, null when none is drawn. */
  color: string | null;
  most: number;
  showing: Showing;
  onPoint?: OnPoint | undefined;
}

function Rows({ group, chart, many, color, most, showing, onPoint }: RowsProps) {
  const { mean = [] } = group;
  const { unit = "share" } = chart;
  const [expanded, setExpanded] = useState(!many);
  const size = group.rows.reduce((sum, row) => sum + row.size, 0);
  const Icon = expanded ? IconChevronDown : IconChevronRight;
  return (
    <tbody>
      <tr className={classes.average}>
        <th scope="row">
          {many ? (
            <UnstyledButton
              className={classes.expand}
              aria-expanded={expanded}
              onClick={() => setExpanded(!expanded)}
            >
              <Icon size={14} aria-hidden />
              {color && <span className={classes.swatch} style={{ "--swatch": color }} />}
              {group.label}
            </UnstyledButton>
          ) : (
            "Average"
          )}
        </th>
        <td className={classes.size}>{formatValue(size, "count")}</td>
        {group.average.slice(1).map((share, d) => (
          <td
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            key={d}
            style={{ "--heat": heat(share, most) }}
            className={classes.heat}
          >
            {formatValue(share, unit)}
          </td>
        ))}
      </tr>
      {expanded && mean.length > 0 && (
        <tr>
          <th
            scope="row"
            className={many ? classes.inner : undefined}
            title="Each row weighs the same"
          >
            Mean of rows
          </th>
          <td />
          {mean.slice(1).map((value, d) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <td key={d}>{formatValue(value, unit)}</td>
          ))}
        </tr>
      )}
      {expanded &&
        group.rows.map((row) => (
          <tr key={row.label}>
            <th scope="row" className={many ? classes.inner : undefined}>
              <span title={bucketTitle(row.label, chart.interval)}>
                {bucketShort(row.label, chart.interval)}
              </span>
            </th>
            {row.cells.map((cell, column) => (
              <Cell
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                key={column}
                cell={cell}
                column={column}
                most={most}
                showing={showing}
                unit={unit}
                label={within(
                  `${bucketTitle(row.label, chart.interval)}, ${chart.columns[column] ?? ""}`,
                  group.label,
                  many ? 2 : 1,
                )}
                onPoint={onPoint}
              />
            ))}
          </tr>
        ))}
    </tbody>
  );
}

interface CellProps {
  cell: MatrixCell;
  column: number;
  most: number;
  showing: Showing;
  unit: Unit;
  label: string;
  onPoint?: OnPoint | undefined;
}

function Cell({ cell, column, most, showing, unit, label, onPoint }: CellProps) {
  const first = column === 0;
  if (!first && !cell.complete && cell.persons === 0) return <td className={classes.future} />;
  const text =
    first || showing === "persons"
      ? formatValue(cell.persons, "count")
      : formatValue(shownIn(cell), unit);
  const spoken = `${label}: ${formatValue(cell.persons, "count")} people${first ? "" : `, ${formatValue(shownIn(cell), unit)}`}${cell.complete ? "" : ", not over yet"}`;
  return (
    <td
      className={first ? classes.size : classes.heat}
      style={first ? undefined : { "--heat": heat(shownIn(cell), most) }}
      data-open={cell.complete ? undefined : true}
    >
      {onPoint && cell.persons > 0 ? (
        <UnstyledButton
          className={classes.cell}
          aria-label={spoken}
          title={spoken}
          onClick={() => onPoint(cell.point, label)}
        >
          {text}
        </UnstyledButton>
      ) : (
        <span className={classes.cell}>{text}</span>
      )}
    </td>
  );
}

function heat(share: number | null, most: number): string {
  return `${Math.round(((share ?? 0) / most) * 50)}%`;
}

function Curve({ chart }: { chart: Matrix }) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(
    () =>
      plotLines({
        ticks: chart.columns.slice(1).map((column) => ({ mark: column, title: column })),
        strokes: chart.groups.slice(0, CURVES).map((group, g) => ({
          label: chart.groups.length > 1 ? group.label : "Average",
          values: group.average.slice(1),
          unit: chart.unit ?? "share",
          color: seriesColor(g, scheme),
        })),
        partialFrom: null,
        scheme,
        compact: true,
      }),
    [chart, scheme],
  );
  return (
    <div className={classes.curve} role="img" aria-label="Average by interval">
      <Drawing option={option} />
    </div>
  );
}
