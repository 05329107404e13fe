import type { Point, View } from "../api/shapes";
import { BarsChart } from "./BarsChart";
import { DotsChart } from "./DotsChart";
import { FlowChart } from "./FlowChart";
import { HeatChart } from "./HeatChart";
import { LinesChart } from "./LinesChart";
import { MatrixChart } from "./MatrixChart";
import { NumbersChart } from "./NumbersChart";
import { PlacesChart } from "./PlacesChart";
import { StepsChart } from "./StepsChart";
import { TableView } from "./TableView";

/** Called with the point of the mark that was chosen, and words that name it. */
export type OnPoint = (point: Point, label: string) => void;

export interface ChartProps {
  view: View;
  onPoint?: OnPoint | undefined;
  height: number;
  /** For tiles: leaves out what only fits on a page. */
  compact?: boolean | undefined;
}

/** Draws the chart of a view. It knows the shape that it draws, and not which question it answers. */
export function Chart({ view, ...rest }: ChartProps) {
  const { chart, sentence } = view;
  if (chart.type === "lines") return <LinesChart chart={chart} sentence={sentence} {...rest} />;
  if (chart.type === "steps") return <StepsChart chart={chart} {...rest} />;
  if (chart.type === "matrix") return <MatrixChart chart={chart} {...rest} />;
  if (chart.type === "bars") return <BarsChart chart={chart} sentence={sentence} {...rest} />;
  if (chart.type === "flow") return <FlowChart chart={chart} sentence={sentence} {...rest} />;
  if (chart.type === "numbers") return <NumbersChart chart={chart} {...rest} />;
  if (chart.type === "heat") return <HeatChart chart={chart} sentence={sentence} {...rest} />;
  if (chart.type === "dots") return <DotsChart chart={chart} sentence={sentence} {...rest} />;
  if (chart.type === "places") return <PlacesChart chart={chart} sentence={sentence} {...rest} />;
  return <TableView view={view} onPoint={rest.onPoint} />;
}
