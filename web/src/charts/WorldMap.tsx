import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Places } from "../api/shapes";
import type { OnPoint } from "./Chart";
import { formatShort, formatValue } from "./format";
import { type Mark, MarkedChart } from "./MarkedChart";
import { ink, ramp, type Scheme } from "./palette";
import { countryName, ranked } from "./places";
import { box, FONT, type Option, tip } from "./plot";
import { loadWorld, WORLD } from "./world";

loadWorld();

interface WorldMapProps {
  chart: Places;
  sentence: string;
  onPoint?: OnPoint | undefined;
}

/** A map of the world, with a country's number told by colour. */
export default function WorldMap({ chart, sentence, onPoint }: WorldMapProps) {
  const scheme = useComputedColorScheme("light");
  const places = useMemo(() => ranked(chart.places), [chart.places]);
  const option = useMemo(() => plotWorld(chart, scheme), [chart, scheme]);
  const rows = useMemo<Mark[][]>(
    () => [
      places.map((place, dataIndex) => ({
        place: { seriesIndex: 0, dataIndex },
        spoken: `${countryName(place.code)}: ${formatValue(place.value, chart.unit)}`,
        label: countryName(place.code),
        point: place.point,
      })),
    ],
    [places, chart.unit],
  );
  return (
    <MarkedChart
      drawing="world map"
      label={sentence}
      option={option}
      rows={rows}
      onPoint={onPoint}
    />
  );
}

function plotWorld(chart: Places, scheme: Scheme): Option {
  const colors = ink(scheme);
  const places = ranked(chart.places);
  const most = places[0]?.value || 1;
  const values = new Map(places.map(({ code, value }) => [code, value]));
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    tooltip: {
      ...tip(scheme),
      trigger: "item",
      formatter: (params) => {
        const { name } = params as { name: string };
        const value = formatValue(values.get(name) ?? 0, chart.unit);
        return box(countryName(name), [{ color: ramp(scheme)[1], label: chart.title, value }]);
      },
    },
    visualMap: {
      type: "continuous",
      min: 0,
      max: most,
      calculable: false,
      orient: "horizontal",
      left: 4,
      bottom: 0,
      itemWidth: 10,
      itemHeight: 100,
      text: [formatShort(most, chart.unit), "0"],
      textStyle: { color: colors.faint, fontFamily: FONT },
      inRange: { color: [...ramp(scheme)] },
    },
    series: [
      {
        type: "map",
        map: WORLD,
        left: 0,
        right: 0,
        top: 0,
        bottom: 16,
        selectedMode: false,
        itemStyle: { areaColor: colors.line, borderColor: colors.surface, borderWidth: 0.5 },
        label: { show: false },
        emphasis: {
          label: { show: false },
          itemStyle: { areaColor: "inherit", borderColor: colors.text, borderWidth: 1.2 },
        },
        data: places.map(({ code, value }) => ({ name: code, value })),
      },
    ],
  };
}
