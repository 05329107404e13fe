/** A river of what was done after what, as ECharts is asked to draw it. */

import type { Flow, FlowLink } from "../api/shapes";
import { formatSeconds, formatValue } from "./format";
import type { Mark } from "./MarkedChart";
import { ink, otherColor, type Scheme, seriesColor } from "./palette";
import { box, FONT, type Option, tip } from "./plot";

const COLUMN = 138;

/** Returns how wide a flow must be for its names to be read. */
export function widthFor({ nodes }: Flow): number {
  return (Math.max(0, ...nodes.map((node) => node.step)) + 1) * COLUMN;
}

/** Returns how high it must be, by the step with the most nodes. */
export function tallFor({ nodes }: Flow, least: number): number {
  const perStep = new Map<number, number>();
  for (const { step } of nodes) perStep.set(step, (perStep.get(step) ?? 0) + 1);
  return Math.max(least, 34 * Math.max(0, ...perStep.values()));
}

/** Returns the colour of each node: the same words always have the same one. */
export function nodeColors({ nodes }: Flow, scheme: Scheme): string[] {
  const seen = new Map<string, number>();
  return nodes.map(({ label, other = false }) => {
    if (other) return otherColor(scheme);
    const index = seen.get(label) ?? seen.size;
    seen.set(label, index);
    return seriesColor(index, scheme);
  });
}

/** Returns the words for a branch. */
export function linkTitle({ nodes }: Flow, { source, target }: FlowLink): string {
  return `${nodes[source]?.label} → ${nodes[target]?.label}`;
}

/** Returns nodes and branches in the order in which they are walked: a node, then what leaves it. */
export function flowMarks(chart: Flow): Mark[] {
  const { nodes, links } = chart;
  return nodes.flatMap((node, dataIndex) => [
    {
      place: { seriesIndex: 0, dataIndex, dataType: "node" as const },
      spoken: `Step ${node.step + 1}, ${node.label}: ${formatValue(node.value, "count")}`,
      label: `${node.label}, step ${node.step + 1}`,
      point: node.point,
    },
    ...links.flatMap((link, index) => {
      if (link.source !== dataIndex) return [];
      const title = linkTitle(chart, link);
      return [
        {
          place: { seriesIndex: 0, dataIndex: index, dataType: "edge" as const },
          spoken: `${title}: ${formatValue(link.value, "count")}`,
          label: title,
          point: link.point,
        },
      ];
    }),
  ]);
}

/** Returns the option that draws a flow from left to right. */
export function plotFlow(chart: Flow, scheme: Scheme, compact: boolean): Option {
  const { nodes, links } = chart;
  const colors = ink(scheme);
  const shades = nodeColors(chart, scheme);
  const first = nodes.filter((node) => node.step === 0).reduce((sum, node) => sum + node.value, 0);
  const share = (value: number) => formatValue(first ? value / first : null, "share");
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    tooltip: {
      ...tip(scheme),
      trigger: "item",
      formatter: (params) => {
        const { dataType, dataIndex } = params as { dataType?: string; dataIndex: number };
        if (dataType === "edge") {
          const link = links[dataIndex];
          if (!link) return "";
          const color = shades[link.source] ?? colors.faint;
          const took = link.average_seconds;
          return box(
            linkTitle(chart, link),
            [{ color, label: "Went on", value: formatValue(link.value, "count") }],
            took === null ? [] : [`on average after ${formatSeconds(took)}`],
          );
        }
        const node = nodes[dataIndex];
        if (!node) return "";
        const out = links
          .filter((link) => link.source === dataIndex)
          .reduce((sum, link) => sum + link.value, 0);
        const color = shades[dataIndex] ?? colors.faint;
        const rows = [
          { color, label: `At step ${node.step + 1}`, value: formatValue(node.value, "count") },
        ];
        if (out > 0 && out < node.value) {
          const value = formatValue(node.value - out, "count");
          rows.push({ color: otherColor(scheme), label: "Ended here", value });
        }
        return box(node.label, rows, [`${share(node.value)} of those at the first step`]);
      },
    },
    series: [
      {
        type: "sankey",
        left: 2,
        right: compact ? 84 : 136,
        top: 8,
        bottom: 8,
        nodeWidth: 10,
        nodeGap: compact ? 6 : 12,
        nodeAlign: "left",
        layoutIterations: 32,
        draggable: false,
        emphasis: { focus: "adjacency" },
        data: nodes.map((node, i) => ({
          name: String(i),
          value: node.value,
          depth: node.step,
          itemStyle: { color: shades[i] ?? colors.faint, borderWidth: 0 },
        })),
        links: links.map((link) => ({
          source: String(link.source),
          target: String(link.target),
          value: link.value,
        })),
        label: {
          color: colors.text,
          fontSize: compact ? 11 : 12,
          width: compact ? 76 : 124,
          overflow: "truncate",
          lineHeight: 15,
          formatter: ({ dataIndex }) => {
            const node = nodes[dataIndex];
            return node ? `${node.label}\n${formatValue(node.value, "count")}` : "";
          },
        },
        lineStyle: { color: "source", opacity: 0.22, curveness: 0.5 },
      },
    ],
  };
}
