import { ActionIcon, Menu, SegmentedControl } from "@mantine/core";
import {
  IconArrowLeft,
  IconArrowRight,
  IconCopy,
  IconDots,
  IconExternalLink,
  IconGripVertical,
  IconPencil,
  IconTrash,
} from "@tabler/icons-react";
import { CatchBoundary, type ErrorComponentProps, Link } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import type { Period, Point, Spec, Tile } from "../api/shapes";
import { Answered } from "../insights/Answered";
import { insightLink } from "../insights/links";
import { InlineText } from "../ui/InlineText";
import { MenuLink } from "../ui/links";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { heightOf } from "./arrange";
import {
  type Change,
  duplicateTile,
  growTile,
  newId,
  removeTile,
  renameTile,
  resizeTile,
  shiftTile,
} from "./edit";
import { over } from "./period";
import classes from "./TileCard.module.css";

const HEAD = 44;
const FOOT = 12;
const ICON = { size: 16, stroke: 1.6 } as const;
const WIDTHS = [
  { value: "3", label: "¼" },
  { value: "4", label: "⅓" },
  { value: "6", label: "½" },
  { value: "8", label: "⅔" },
  { value: "12", label: "Full" },
];
const HEIGHTS = [
  { value: "3", label: "S" },
  { value: "4", label: "M" },
  { value: "5", label: "L" },
  { value: "7", label: "XL" },
];

interface Props {
  projectId: string;
  dashboardId: string;
  tile: Tile;
  /** The period that is asked about instead of the saved one. */
  period: Period | null;
  index: number;
  last: boolean;
  editable: boolean;
  active: boolean;
  onChange: (change: Change) => void;
  onPoint: (point: Point, label: string, spec: Spec) => void;
  onMoveStart: (press: PointerEvent<HTMLElement>) => void;
  onResizeStart: (press: PointerEvent<HTMLElement>) => void;
}

/** A saved question on a dashboard: its answer, and what can be done with it. */
export function TileCard(props: Props) {
  const { projectId, dashboardId, tile, index, editable, onChange } = props;
  const [renaming, setRenaming] = useState(false);
  const spec = over(tile.spec, props.period, new Date());
  const link = insightLink(projectId, spec, { dashboard: dashboardId, tile: tile.id });

  function move(by: number) {
    onChange(shiftTile(tile.id, by));
  }

  function moveByKey(event: KeyboardEvent) {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(by);
  }

  function resizeByKey(event: KeyboardEvent) {
    const by = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onChange(growTile(tile.id, by[0] ?? 0, by[1] ?? 0));
  }

  return (
    <section
      className={classes.place}
      style={{ "--width": tile.width, "--height": tile.height }}
      data-tile={tile.id}
      data-narrow={tile.width < 6 || undefined}
      data-active={props.active || undefined}
      aria-label={tile.title}
    >
      <Surface className={classes.tile}>
        <header className={classes.head}>
          {editable ? (
            <button
              type="button"
              className={classes.grip}
              aria-label={`Move ${tile.title}: drag, or press an arrow key`}
              onPointerDown={props.onMoveStart}
              onKeyDown={moveByKey}
            >
              <IconGripVertical size={14} stroke={1.6} aria-hidden="true" />
            </button>
          ) : null}
          <h2 className={classes.title}>
            {renaming ? (
              <InlineText
                open
                value={tile.title}
                label="Title of the tile"
                maxLength={200}
                onChange={(title) => onChange(renameTile(tile.id, title))}
                onClose={() => setRenaming(false)}
              />
            ) : (
              <Link {...link} className={classes.link} title={tile.title}>
                {tile.title || "Untitled"}
              </Link>
            )}
          </h2>
          <Menu position="bottom-end" width={224} returnFocus={!renaming}>
            <Menu.Target>
              <ActionIcon className={classes.more} aria-label={`More about ${tile.title}`}>
                <IconDots {...ICON} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <MenuLink {...link} leftSection={<IconExternalLink {...ICON} />}>
                {editable ? "Open and edit" : "Open"}
              </MenuLink>
              {editable ? (
                <>
                  <Menu.Item
                    leftSection={<IconPencil {...ICON} />}
                    onClick={() => setRenaming(true)}
                  >
                    Rename
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconCopy {...ICON} />}
                    onClick={() => onChange(duplicateTile(tile.id, newId()))}
                  >
                    Duplicate
                  </Menu.Item>
                  <Menu.Divider />
                  <div className={classes.size}>
                    <span>Width</span>
                    <SegmentedControl
                      size="xs"
                      aria-label="Width"
                      data={WIDTHS}
                      value={String(tile.width)}
                      onChange={(width) =>
                        onChange(resizeTile(tile.id, Number(width), tile.height))
                      }
                    />
                  </div>
                  <div className={classes.size}>
                    <span>Height</span>
                    <SegmentedControl
                      size="xs"
                      aria-label="Height"
                      data={HEIGHTS}
                      value={String(tile.height)}
                      onChange={(height) =>
                        onChange(resizeTile(tile.id, tile.width, Number(height)))
                      }
                    />
                  </div>
                  <Menu.Item
                    leftSection={<IconArrowLeft {...ICON} />}
                    disabled={index === 0}
                    closeMenuOnClick={false}
                    onClick={() => move(-1)}
                  >
                    Move forward
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconArrowRight {...ICON} />}
                    disabled={props.last}
                    closeMenuOnClick={false}
                    onClick={() => move(1)}
                  >
                    Move back
                  </Menu.Item>
                  <Menu.Divider />
                  <Menu.Item
                    color="red"
                    leftSection={<IconTrash {...ICON} />}
                    onClick={() => onChange(removeTile(tile.id))}
                  >
                    Delete
                  </Menu.Item>
                </>
              ) : null}
            </Menu.Dropdown>
          </Menu>
        </header>
        <div className={classes.body}>
          <CatchBoundary getResetKey={() => JSON.stringify(spec)} errorComponent={Broken}>
            <Answered
              projectId={projectId}
              spec={spec}
              height={heightOf(tile.height) - HEAD - FOOT}
              onPoint={props.onPoint}
              compact
            />
          </CatchBoundary>
        </div>
        {editable ? (
          <button
            type="button"
            className={classes.corner}
            aria-label={`Resize ${tile.title}: drag, or press an arrow key`}
            onPointerDown={props.onResizeStart}
            onKeyDown={resizeByKey}
          />
        ) : null}
      </Surface>
    </section>
  );
}

/** What a tile shows that cannot be drawn; the other tiles go on. */
function Broken({ error, reset }: ErrorComponentProps) {
  return <Problem error={error} onRetry={reset} />;
}
