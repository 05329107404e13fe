import type { ReactNode } from "react";
import { useTitle } from "../lib/place";
import { Stones } from "../ui/Logo";
import classes from "./Entrance.module.css";

interface Props {
  title: string;
  description?: ReactNode;
  children: ReactNode;
}

/** The frame of the pages in front of the door. */
export function Entrance({ title, description, children }: Props) {
  useTitle(title);
  return (
    <main className={classes.entrance}>
      <div className={classes.sheet}>
        <Stones size={40} />
        <h1 className={classes.title}>{title}</h1>
        {description ? <p className={classes.description}>{description}</p> : null}
        {children}
      </div>
    </main>
  );
}
