import { Button, Group, NativeSelect, NumberInput, Popover, UnstyledButton } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { IconCalendar, IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import type { Period, WeekStart } from "../api/shapes";
import classes from "./insights.module.css";
import { type PeriodUnit, PRESETS, periodTitle, relative, UNITS } from "./periods";

interface PeriodPickerProps {
  period: Period;
  timeZone: string;
  weekStart: WeekStart;
  onChange: (period: Period) => void;
}

/** Chooses a period: a usual one, the last so many days, or from one date to another. */
export function PeriodPicker({ period, timeZone, weekStart, onChange }: PeriodPickerProps) {
  const [opened, setOpened] = useState(false);
  const choose = (next: Period) => {
    onChange(next);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCalendar size={14} stroke={1.75} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={`Period: ${periodTitle(period)}`}
          onClick={() => setOpened(!opened)}
        >
          {periodTitle(period)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.periods} aria-label="Choose a period">
        <ul className={classes.presets} aria-label="Usual periods">
          {PRESETS.map((preset) => (
            <li key={preset.label}>
              <UnstyledButton
                className={classes.preset}
                aria-pressed={preset.label === periodTitle(period)}
                onClick={() => choose(preset.period)}
              >
                {preset.label}
              </UnstyledButton>
            </li>
          ))}
        </ul>
        <div className={classes.custom}>
          <Last key={period.from} period={period} onChange={onChange} />
          <Between
            key={`${period.from} ${period.to}`}
            period={period}
            weekStart={weekStart}
            onChoose={choose}
          />
          <p className={classes.aside}>
            Days begin and end at midnight in {timeZone}. The last day is included.
          </p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Last({ period, onChange }: { period: Period; onChange: (period: Period) => void }) {
  const back = relative(period.from) ?? { count: 30, unit: "d" as const };
  const [count, setCount] = useState(back.count);
  const [unit, setUnit] = useState<PeriodUnit>(back.unit);
  return (
    <Group gap={8} wrap="nowrap">
      <span className={classes.aside}>Last</span>
      <NumberInput
        size="xs"
        w={72}
        aria-label="How many"
        min={0}
        max={99_999}
        allowDecimal={false}
        allowNegative={false}
        value={count}
        onChange={(value) => setCount(Math.round(Number(value)))}
      />
      <NativeSelect
        size="xs"
        aria-label="Unit of time"
        value={unit}
        onChange={(event) => setUnit(event.currentTarget.value as PeriodUnit)}
        data={Object.entries(UNITS).map(([value, label]) => ({ value, label }))}
      />
      <Button size="xs" variant="default" onClick={() => onChange({ from: `-${count}${unit}` })}>
        Apply
      </Button>
    </Group>
  );
}

type Range = [string | null, string | null];

interface BetweenProps {
  period: Period;
  weekStart: WeekStart;
  onChoose: (period: Period) => void;
}

function Between({ period, weekStart, onChoose }: BetweenProps) {
  const day = (text: string | null | undefined) =>
    text && /^\d{4}-\d{2}-\d{2}/.test(text) ? text.slice(0, 10) : null;
  const [range, setRange] = useState<Range>([day(period.from), day(period.to)]);
  return (
    <DatePicker
      type="range"
      size="sm"
      allowSingleDateInRange
      ariaLabels={{
        previousMonth: "Previous month",
        nextMonth: "Next month",
        previousYear: "Previous year",
        nextYear: "Next year",
        previousDecade: "Previous decade",
        nextDecade: "Next decade",
      }}
      weekendDays={[]}
      firstDayOfWeek={weekStart === "sunday" ? 0 : 1}
      maxDate={new Date()}
      defaultDate={range[1] ?? range[0] ?? new Date()}
      value={range}
      onChange={(next) => {
        const [from, to] = next as Range;
        setRange([from, to]);
        if (from && to) onChoose({ from: from.slice(0, 10), to: to.slice(0, 10) });
      }}
    />
  );
}
