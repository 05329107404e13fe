import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconCalendar, IconChevronDown, IconX } from "@tabler/icons-react";
import { useProject } from "../api/projects";
import type { Period } from "../api/shapes";
import { PeriodPicker } from "../insights/PeriodPicker";
import { PRESETS } from "../insights/periods";
import classes from "./DashboardPage.module.css";

interface Props {
  projectId: string;
  /** The period of all tiles; null leaves each as it was saved. */
  period: Period | null;
  onChange: (period: Period | null) => void;
}

/** Shows all tiles over one period, and again over those that they were saved with. */
export function PeriodSwitch({ projectId, period, onChange }: Props) {
  const { data: project } = useProject(projectId);
  if (period === null) {
    return (
      <Menu position="bottom-start" width={180}>
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconCalendar size={14} stroke={1.75} />}
            rightSection={<IconChevronDown size={14} />}
          >
            Periods as saved
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {PRESETS.map((preset) => (
            <Menu.Item key={preset.label} onClick={() => onChange(preset.period)}>
              {preset.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    );
  }
  return (
    <div className={classes.period}>
      <PeriodPicker
        period={period}
        timeZone={project?.timezone ?? "UTC"}
        weekStart={project?.week_start ?? "monday"}
        onChange={onChange}
      />
      <Tooltip label="Periods as saved">
        <ActionIcon size={30} aria-label="Periods as saved" onClick={() => onChange(null)}>
          <IconX size={15} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
