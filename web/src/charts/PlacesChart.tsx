import { Skeleton, UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useMemo, useState } from "react";
import type { Places } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatValue } from "./format";
import { countryName, ranked } from "./places";

const WorldMap = lazy(() => import("./WorldMap"));
const SHOWN = 12;

interface PlacesChartProps {
  chart: Places;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** The world with the largest numbers darkest, and the countries in order beside it. */
export function PlacesChart(props: PlacesChartProps) {
  const { chart, sentence, onPoint, height, compact = false } = props;
  const [all, setAll] = useState(false);
  const countries = useMemo(() => ranked(chart.places), [chart.places]);
  const shown = all ? countries : countries.slice(0, SHOWN);
  const most = countries[0]?.value || 1;
  return (
    <div className={classes.places} data-compact={compact || undefined}>
      <div className={classes.world} style={{ height: compact ? height : Math.min(height, 420) }}>
        <Suspense fallback={<Skeleton height="100%" radius="sm" />}>
          <WorldMap chart={chart} sentence={sentence} onPoint={onPoint} />
        </Suspense>
      </div>
      {!compact && (
        <ol className={classes.countries} aria-label={`${chart.title} by country`}>
          {shown.map(({ code, value, point }) => (
            <li key={code} style={{ "--part": `${(value / most) * 100}%` }}>
              <span className={classes.nameText}>{countryName(code)}</span>
              {point && onPoint ? (
                <UnstyledButton
                  className={classes.opens}
                  aria-label={`${countryName(code)}: ${formatValue(value, chart.unit)}. Show the people.`}
                  onClick={() => onPoint(point, countryName(code))}
                >
                  {formatValue(value, chart.unit)}
                </UnstyledButton>
              ) : (
                <span>{formatValue(value, chart.unit)}</span>
              )}
            </li>
          ))}
          {chart.elsewhere > 0 && (
            <li className={classes.quiet} style={{ "--part": "0%" }}>
              <span>Unknown country</span>
              <span>{formatValue(chart.elsewhere, chart.unit)}</span>
            </li>
          )}
          {countries.length > SHOWN && (
            <li style={{ "--part": "0%" }}>
              <UnstyledButton className={classes.opens} onClick={() => setAll(!all)}>
                {all ? "Show fewer" : `Show all ${countries.length} countries`}
              </UnstyledButton>
            </li>
          )}
        </ol>
      )}
    </div>
  );
}
