import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { CanvasHandle, MarkPlace, Spot } from "./Canvas";
import classes from "./charts.module.css";
import type { Option } from "./plot";

const Canvas = lazy(() => import("./Canvas"));

interface DrawingProps {
  option: Option;
  onSpot?: ((spot: Spot) => void) | undefined;
  onMark?: ((place: MarkPlace) => void) | undefined;
  onReady?: ((handle: CanvasHandle) => void) | undefined;
}

/** A canvas that loads when it is first needed, without moving what is around it. */
export function Drawing(props: DrawingProps) {
  return (
    <div className={classes.drawing}>
      <Suspense fallback={<Skeleton height="100%" radius="sm" />}>
        <Canvas {...props} />
      </Suspense>
    </div>
  );
}
