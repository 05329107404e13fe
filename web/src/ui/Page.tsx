import type { ReactNode } from "react";
import { useTitle } from "../lib/place";
import classes from "./Page.module.css";

interface Props {
  /** Names the page, in its heading and in the browser's tab. */
  title: string;
  /** Takes the heading's place when the title can be edited. */
  heading?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  /** `text` keeps lines readable, `wide` leaves room for charts and tables. */
  width?: "text" | "wide";
  children: ReactNode;
}

/** A page: its title and what can be done on it, above its content. */
export function Page({ title, heading, description, actions, width = "wide", children }: Props) {
  useTitle(title);
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.head}>
        <div className={classes.words}>
          {heading ?? <h1 className={classes.title}>{title}</h1>}
          {description ? <div className={classes.description}>{description}</div> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}
