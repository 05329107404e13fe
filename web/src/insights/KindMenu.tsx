import { Menu } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Kind } from "../api/shapes";
import classes from "./insights.module.css";
import type { InsightKind } from "./kind";
import { KINDS } from "./kinds";

interface KindMenuProps {
  /** What opens the menu. */
  children: ReactNode;
  current?: Kind;
  /** Draws an entry that goes somewhere; without it choosing calls `onChoose`. */
  onChoose: (kind: Kind) => void;
  kinds?: readonly InsightKind[];
  position?: "bottom-start" | "bottom-end" | "right-start";
}

/** The kinds of question, each with what it answers. */
export function KindMenu(props: KindMenuProps) {
  const { children, current, onChoose, kinds = KINDS, position = "bottom-start" } = props;
  return (
    <Menu position={position} width={320} shadow="md">
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown className={classes.kinds}>
        {kinds.map(({ name, title, says, Icon }) => (
          <Menu.Item
            key={name}
            aria-current={name === current || undefined}
            leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
            rightSection={name === current ? <IconCheck size={15} aria-hidden /> : null}
            onClick={() => onChoose(name)}
          >
            <span className={classes.kindTitle}>{title}</span>
            <span className={classes.kindSays}>{says}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
