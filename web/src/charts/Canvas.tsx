import type { EChartsType } from "echarts/core";
import { useEffect, useRef } from "react";
import { init } from "./echarts";
import type { Option } from "./plot";

/** Where a click or a key lands: the index on the axis, and the height in the data's units. */
export interface Spot {
  index: number;
  value: number;
}

/** Which mark of which series; of a flow, whether it is a node or a branch. */
export interface MarkPlace {
  seriesIndex: number;
  dataIndex: number;
  dataType?: "node" | "edge";
}

export interface CanvasHandle {
  /** Shows the tooltip at an index, as if the pointer were there. */
  show(index: number): void;
  /** Shows a mark and its tooltip, as if the pointer were on it. */
  point(place: MarkPlace): void;
  hide(): void;
}

interface CanvasProps {
  option: Option;
  onSpot?: ((spot: Spot) => void) | undefined;
  onMark?: ((place: MarkPlace) => void) | undefined;
  onReady?: ((handle: CanvasHandle) => void) | undefined;
}

/** A canvas that fills its parent and draws an option. */
export default function Canvas({ option, onSpot, onMark, onReady }: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const spot = useRef(onSpot);
  spot.current = onSpot;
  const mark = useRef(onMark);
  mark.current = onMark;
  const ready = useRef(onReady);
  ready.current = onReady;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = init(element);
    chart.current = made;
    made.getZr().on("click", (event) => {
      const at: [number, number] = [event.offsetX, event.offsetY];
      if (!spot.current || !made.containPixel({ gridIndex: 0 }, at)) return;
      const [index, value] = made.convertFromPixel({ gridIndex: 0 }, at) as [number, number];
      spot.current({ index, value });
    });
    made.on("click", ({ seriesIndex = 0, dataIndex, dataType }) =>
      mark.current?.({
        seriesIndex,
        dataIndex,
        ...(dataType === "node" || dataType === "edge" ? { dataType } : {}),
      }),
    );
    let lit: MarkPlace | null = null;
    const darken = () => {
      if (lit) made.dispatchAction({ type: "downplay", ...lit });
      lit = null;
    };
    ready.current?.({
      show: (index) => {
        const x = made.convertToPixel({ xAxisIndex: 0 }, index);
        made.dispatchAction({ type: "showTip", x, y: made.getHeight() / 2 });
      },
      point: (place) => {
        darken();
        lit = place;
        made.dispatchAction({ type: "highlight", ...place });
        made.dispatchAction({ type: "showTip", ...place });
      },
      hide: () => {
        darken();
        made.dispatchAction({ type: "hideTip" });
      },
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true });
  }, [option]);

  return (
    <div
      ref={frame}
      style={{ position: "absolute", inset: 0, cursor: onSpot ? "pointer" : "default" }}
    />
  );
}
