import classes from "./Avatar.module.css";
import { mark } from "./mark";

/** A small mark by which to recognise a person in a list. */
export function Avatar({ name, id, size = 32 }: { name: string; id: string; size?: number }) {
  return (
    <span
      className={classes.avatar}
      style={{ width: size, height: size, fontSize: size * 0.38, "--hue": mark(id).hue }}
      data-letters={mark(name).letters}
    />
  );
}
