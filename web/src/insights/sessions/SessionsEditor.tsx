import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { Only, SplitBy } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { PropertyPicker } from "../pickers";
import { Section } from "../Section";
import { DEFAULTS, isOverall, MEASURES, type SessionsMeasure, type SessionsSpec } from "./spec";

const CHOICES = Object.entries(MEASURES).map(
  ([measure, { title }]) => [measure as SessionsMeasure, title] as const,
);

/** Edits the question of sessions: what about them. */
export default function SessionsEditor({ spec, onChange }: EditorProps<SessionsSpec>) {
  const { measure, by } = spec;
  const named = measure === "entries" || measure === "exits";
  return (
    <>
      <Section title="Measure">
        <Choose
          label="What about sessions"
          value={measure}
          choices={CHOICES}
          onChange={(next) =>
            onChange({
              ...spec,
              measure: next,
              by: next === "entries" || next === "exits" ? by : null,
              breakdown: isOverall(next) ? null : spec.breakdown,
            })
          }
        />
        <p className={classes.aside}>{MEASURES[measure].says}</p>
        {named && (
          <div className={classes.optionHead}>
            <span>Named by</span>
            <span className={classes.pair}>
              <PropertyPicker
                quiet
                label="What names entries and exits"
                placeholder="The event"
                property={by}
                onChange={(property) => onChange({ ...spec, by: property })}
              />
              {by && (
                <ActionIcon
                  size="sm"
                  aria-label="Name them by the event"
                  onClick={() => onChange({ ...spec, by: null })}
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </span>
          </div>
        )}
      </Section>
      <Only spec={spec} onChange={onChange} />
      {!isOverall(measure) && <SplitBy spec={spec} onChange={onChange} />}
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["pause_seconds", "bounce_seconds"])}>
        <Option
          label="A pause ends it, in minutes"
          says="For events that come without a session of the app."
        >
          <Count
            label="Pause in minutes"
            max={525_600}
            value={Math.max(1, Math.round(spec.pause_seconds / 60))}
            onChange={(minutes) => onChange({ ...spec, pause_seconds: minutes * 60 })}
          />
        </Option>
        <Option label="A bounce is shorter than, in seconds" says="And has one page or screen.">
          <Count
            label="Seconds of a bounce"
            min={0}
            max={86_400}
            value={spec.bounce_seconds}
            onChange={(bounce_seconds) => onChange({ ...spec, bounce_seconds })}
          />
        </Option>
      </MoreOptions>
    </>
  );
}
