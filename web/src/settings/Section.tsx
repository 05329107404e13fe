import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./settings.module.css";

interface Props {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}

/** A part of the settings. */
export function Section({ title, description, action, children }: Props) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <div>
          <h2>{title}</h2>
          {description ? <p>{description}</p> : null}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

/** What stands where a list will be. */
export function Waiting() {
  return (
    <div className={classes.waiting} aria-busy="true">
      {[0, 1, 2].map((i) => (
        <Skeleton key={i} height={32} />
      ))}
    </div>
  );
}
