/** The parts of ECharts that are drawn with, and no more, so that the chunk stays small. */

import {
  BarChart,
  HeatmapChart,
  LineChart,
  MapChart,
  SankeyChart,
  ScatterChart,
} from "echarts/charts";
import {
  GeoComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  BarChart,
  HeatmapChart,
  LineChart,
  MapChart,
  SankeyChart,
  ScatterChart,
  GeoComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
  LabelLayout,
  CanvasRenderer,
]);

export { init, registerMap } from "echarts/core";
