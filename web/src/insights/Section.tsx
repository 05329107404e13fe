import type { ReactNode } from "react";
import classes from "./insights.module.css";

interface SectionProps {
  title: string;
  action?: ReactNode;
  children?: ReactNode;
}

/** A part of an editor, under its name. */
export function Section({ title, action, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2 className={classes.sectionTitle}>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}
