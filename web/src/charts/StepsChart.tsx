import { UnstyledButton, useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Bar, BarGroup, Steps } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { Drawing } from "./Drawing";
import { formatSeconds, formatValue } from "./format";
import { within } from "./openings";
import { type Scheme, seriesColor } from "./palette";
import { plotBars } from "./plot";

const EVERYONE = "Everyone";

interface StepsChartProps {
  chart: Steps;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/**
 * Bars that shrink from step to step: the solid part reached the step, the hatched part stopped
 * just before it. Both are buttons.
 */
export function StepsChart({ chart, onPoint, height, compact = false }: StepsChartProps) {
  const scheme = useComputedColorScheme("light");
  const many = chart.groups.length > 1;
  const split = many || chart.groups[0]?.label !== EVERYONE;
  return (
    <div className={classes.stack} style={compact ? { height } : { minHeight: height }}>
      {split && <Groups chart={chart} scheme={scheme} />}
      <ol
        className={classes.steps}
        style={{ "--steps": chart.steps.length, "--groups": chart.groups.length }}
        data-many={many || undefined}
        data-compact={compact || undefined}
      >
        {chart.steps.map((step, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step may occur twice, its place is what it is
          <li key={k} className={classes.step}>
            <div className={classes.stepHead}>
              <span className={classes.stepName} title={step}>
                <span className={classes.stepNumber}>{k + 1}</span> {step}
              </span>
              {many ? null : <Figures bar={chart.groups[0]?.bars[k]} k={k} />}
            </div>
            <div className={classes.bars}>
              {chart.groups.map((group, g) => (
                <Column
                  key={keyOf(group)}
                  bar={group.bars[k]}
                  before={group.bars[k - 1]}
                  first={group.bars[0]}
                  label={within(step, group.label, chart.groups.length)}
                  color={seriesColor(g, scheme)}
                  onPoint={onPoint}
                />
              ))}
            </div>
          </li>
        ))}
      </ol>
      {!compact && <TimeToConvert groups={chart.groups} scheme={scheme} />}
    </div>
  );
}

/** A value may have the same words as the name for all others together; its point tells them apart. */
function keyOf(group: BarGroup): string {
  return JSON.stringify(group.bars[0]?.point);
}

function Figures({ bar, k }: { bar: Bar | undefined; k: number }) {
  if (!bar) return null;
  return (
    <span className={classes.figures}>
      <strong className={classes.bigShare}>{formatValue(bar.share_of_first, "share")}</strong>
      <span>{formatValue(bar.persons, "count")} people</span>
      {k > 0 && (
        <span className={classes.quiet}>
          {formatValue(bar.share_of_previous, "share")} of step {k}
          {bar.median_seconds !== null && ` · median ${formatSeconds(bar.median_seconds)}`}
        </span>
      )}
    </span>
  );
}

interface ColumnProps {
  bar: Bar | undefined;
  before: Bar | undefined;
  first: Bar | undefined;
  label: string;
  color: string;
  onPoint?: OnPoint | undefined;
}

function Column({ bar, before, first, label, color, onPoint }: ColumnProps) {
  if (!bar) return null;
  const whole = first?.persons || 1;
  const reached = `${label}: ${formatValue(bar.persons, "count")} people, ${formatValue(bar.share_of_first, "share")} of the first step`;
  const dropped = `${formatValue(bar.dropped_persons, "count")} people stopped before ${label}`;
  const droppedPoint = bar.dropped_point;
  return (
    <div
      className={classes.column}
      style={{
        "--color": color,
        "--share": bar.persons / whole,
        "--dropped": (before ? before.persons - bar.persons : 0) / whole,
      }}
    >
      {droppedPoint && bar.dropped_persons > 0 && (
        <UnstyledButton
          className={classes.dropped}
          disabled={!onPoint}
          aria-label={dropped}
          title={dropped}
          onClick={() => onPoint?.(droppedPoint, `Stopped before ${label}`)}
        />
      )}
      <UnstyledButton
        className={classes.reached}
        disabled={!onPoint || bar.persons === 0}
        aria-label={reached}
        title={reached}
        onClick={() => onPoint?.(bar.point, label)}
      />
    </div>
  );
}

function Groups({ chart, scheme }: { chart: Steps; scheme: Scheme }) {
  return (
    <ul className={classes.legend} aria-label="Groups, and how many of each went all the way">
      {chart.groups.map((group, g) => {
        const last = group.bars[chart.steps.length - 1];
        return (
          <li key={keyOf(group)} className={classes.entry}>
            <span className={classes.swatch} style={{ "--swatch": seriesColor(g, scheme) }} />
            <span className={classes.nameText}>{group.label}</span>
            <span className={classes.total}>{formatValue(last?.share_of_first, "share")}</span>
          </li>
        );
      })}
    </ul>
  );
}

function TimeToConvert({ groups, scheme }: { groups: readonly BarGroup[]; scheme: Scheme }) {
  const group = groups.length === 1 ? groups[0] : undefined;
  const bins = group?.histogram ?? [];
  const option = useMemo(
    () =>
      plotBars(
        bins.map((bin) => ({
          mark: formatSeconds(bin.from_seconds),
          title: `${formatSeconds(bin.from_seconds)} to ${formatSeconds(bin.to_seconds)}`,
          value: bin.persons,
        })),
        seriesColor(0, scheme),
        scheme,
        "People",
      ),
    [bins, scheme],
  );
  if (!group || group.median_seconds === null || bins.length === 0) return null;
  return (
    <section className={classes.times} aria-label="Time to convert">
      <h3 className={classes.subtitle}>
        Time from the first step to the last
        <span className={classes.quiet}>
          median {formatSeconds(group.median_seconds)} · average{" "}
          {formatSeconds(group.average_seconds ?? 0)}
        </span>
      </h3>
      <div className={classes.histogram}>
        <Drawing option={option} />
      </div>
    </section>
  );
}
