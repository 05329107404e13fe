import type { ComponentProps } from "react";
import classes from "./Surface.module.css";

/** A sheet on the page's ground, with a hairline around it. */
export function Surface({ className, ...rest }: ComponentProps<"div">) {
  return (
    <div className={className ? `${classes.surface} ${className}` : classes.surface} {...rest} />
  );
}
