/** Whether there is anything to see in an answer. */

import type { View } from "../api/shapes";

/** Whether nobody and nothing is counted anywhere in a view. */
export function isEmpty({ chart, table }: View): boolean {
  if (chart.type === "lines") {
    return chart.lines.every((line) => line.values.every((value) => !value));
  }
  if (chart.type === "steps") {
    return chart.groups.every((group) => !group.bars[0]?.persons);
  }
  if (chart.type === "bars") {
    return chart.series.every((series) => series.values.every((value) => !value));
  }
  if (chart.type === "flow") return chart.nodes.length === 0;
  if (chart.type === "numbers") {
    return chart.numbers.every(({ value, previous }) => !value && !previous);
  }
  if (chart.type === "heat") return chart.values.every((row) => row.every((value) => !value));
  if (chart.type === "dots") return chart.dots.length === 0;
  if (chart.type === "places") return chart.places.length === 0 && !chart.elsewhere;
  if (chart.type !== "matrix") return table.rows.length === 0;
  return chart.groups.every((group) => group.rows.every((row) => row.size === 0));
}
