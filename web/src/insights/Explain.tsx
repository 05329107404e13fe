import { ActionIcon, Anchor, Popover, Tooltip } from "@mantine/core";
import { IconHelpCircle } from "@tabler/icons-react";
import type { Answer } from "../api/shapes";
import { formatValue } from "../charts/format";
import { dateAndTime } from "../lib/time";
import classes from "./insights.module.css";
import { meaning } from "./meaning";

/** Says what a number means and where it comes from. */
export function Explain({ answer }: { answer: Answer }) {
  const { spec, meta, view } = answer;
  const zone = meta.time_zone;
  return (
    <Popover width={380} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="What do these numbers mean?">
          <ActionIcon aria-label="What do these numbers mean?">
            <IconHelpCircle size={18} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={classes.explain} aria-label="What these numbers mean">
        <h2 className={classes.explainTitle}>What these numbers mean</h2>
        {[...meaning(spec), ...view.notes].map((words) => (
          <p key={words}>{words}</p>
        ))}
        <dl className={classes.facts}>
          <dt>Period</dt>
          <dd>
            {dateAndTime(meta.period_from, zone)} to {dateAndTime(meta.period_to, zone)}
          </dd>
          <dt>Time zone</dt>
          <dd>{zone}</dd>
          <dt>Newest event</dt>
          <dd>
            {meta.fresh_until ? `arrived ${dateAndTime(meta.fresh_until, zone)}` : "none yet"}
          </dd>
          <dt>Worked out</dt>
          <dd>
            in {formatValue(meta.took_ms, "number")} ms by {meta.engine}, data version{" "}
            {meta.data_version}
          </dd>
        </dl>
        <p>
          <Anchor href={view.docs} target="_blank" size="xs">
            Every definition, with examples
          </Anchor>
          {" · "}
          <Anchor href="/reference" target="_blank" size="xs">
            Ask the same through the API
          </Anchor>
        </p>
      </Popover.Dropdown>
    </Popover>
  );
}
