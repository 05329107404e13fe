import { ActionIcon, Menu, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconFilter,
  IconPencil,
  IconTrash,
} from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useState } from "react";
import type { Selector } from "../api/shapes";
import { FilterEditor } from "./FilterEditor";
import { condition, conditionsIn, joined } from "./filters";
import classes from "./insights.module.css";
import { EventPicker } from "./pickers";

/** What can be done with a row beside changing it. */
export interface RowActs {
  onDuplicate?: (() => void) | undefined;
  onRemove?: (() => void) | undefined;
  /** Moves the row by so many places. */
  onMove?: ((by: number) => void) | undefined;
  /** What else this row can do. */
  extra?: readonly { label: string; icon: ReactNode; onClick: () => void }[];
  first?: boolean;
  last?: boolean;
}

interface SelectorRowProps {
  badge: string;
  /** What the row is, as in `Step 2`. */
  label: string;
  selector: Selector;
  onChange: (selector: Selector) => void;
  acts?: RowActs;
  any?: string;
  opened?: boolean;
  /** Properties for a row that can be dragged to another place. */
  drag?: { onDragStart: (event: DragEvent) => void; onDrop: () => void } | undefined;
  children?: ReactNode;
}

/** One selection of events: which event, under which conditions, under which name. */
export function SelectorRow(props: SelectorRowProps) {
  const { badge, label, selector, onChange, acts = {}, any, opened, drag, children } = props;
  const [renaming, setRenaming] = useState(false);
  const [over, setOver] = useState(false);
  const named = renaming || Boolean(selector.label);
  const conditions = conditionsIn(selector.filter);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has its keys in the row's menu
    <div
      className={classes.row}
      data-over={over || undefined}
      onDragOver={
        drag &&
        ((event) => {
          event.preventDefault();
          setOver(true);
        })
      }
      onDragLeave={() => setOver(false)}
      onDrop={
        drag &&
        ((event) => {
          event.preventDefault();
          setOver(false);
          drag.onDrop();
        })
      }
    >
      <div className={classes.rowHead}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging has its keys in the row's menu */}
        <span
          className={classes.badge}
          draggable={Boolean(drag)}
          data-drag={drag ? true : undefined}
          title={drag ? "Drag to another place" : undefined}
          onDragStart={drag?.onDragStart}
        >
          {badge}
        </span>
        <EventPicker
          label={`${label}, event`}
          event={selector.event ?? null}
          onChange={(event) => onChange({ ...selector, event })}
          {...(any ? { any } : {})}
          {...(opened ? { opened } : {})}
        />
        <Tooltip label="Add a condition">
          <ActionIcon
            aria-label={`${label}: add a condition`}
            data-active={conditions > 0 || undefined}
            className={classes.rowAct}
            onClick={() =>
              onChange({
                ...selector,
                filter: selector.filter
                  ? joined("all", [
                      ...("all" in selector.filter ? selector.filter.all : [selector.filter]),
                      condition({ of: "event", name: "" }),
                    ])
                  : joined("all", [condition({ of: "event", name: "" })]),
              })
            }
          >
            <IconFilter size={16} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={`${label}: more`} className={classes.rowAct}>
              <IconDots size={16} stroke={1.75} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={14} />} onClick={() => setRenaming(true)}>
              Rename
            </Menu.Item>
            {acts.onDuplicate && (
              <Menu.Item leftSection={<IconCopy size={14} />} onClick={acts.onDuplicate}>
                Duplicate
              </Menu.Item>
            )}
            {acts.extra?.map(({ label: words, icon, onClick }) => (
              <Menu.Item key={words} leftSection={icon} onClick={onClick}>
                {words}
              </Menu.Item>
            ))}
            {acts.onMove && (
              <>
                <Menu.Item
                  leftSection={<IconArrowUp size={14} />}
                  disabled={acts.first ?? false}
                  onClick={() => acts.onMove?.(-1)}
                >
                  Move up
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconArrowDown size={14} />}
                  disabled={acts.last ?? false}
                  onClick={() => acts.onMove?.(1)}
                >
                  Move down
                </Menu.Item>
              </>
            )}
            {acts.onRemove && (
              <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={acts.onRemove}>
                Remove
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      {(named || children || selector.filter) && (
        <div className={classes.rowBody}>
          {named && (
            <TextInput
              size="xs"
              aria-label={`${label}, name`}
              placeholder="Name"
              autoFocus={renaming}
              value={selector.label ?? ""}
              onChange={(event) => onChange({ ...selector, label: event.currentTarget.value })}
              onBlur={() => {
                setRenaming(false);
                if (!selector.label?.trim()) onChange({ ...selector, label: null });
              }}
            />
          )}
          {children}
          {selector.filter && (
            <FilterEditor
              label={`${label}, filter`}
              filter={selector.filter}
              event={selector.event ?? null}
              onChange={(filter) => onChange({ ...selector, filter })}
            />
          )}
        </div>
      )}
    </div>
  );
}
