import { Button, Input, SegmentedControl, Skeleton, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useChangeProject, useProject } from "../api/projects";
import type { Project, WeekStart } from "../api/shapes";
import { Problem } from "../ui/Problem";
import { TimeZoneSelect } from "../ui/TimeZoneSelect";
import classes from "./settings.module.css";

/** A project's name, time zone and first day of the week. */
export function General({ projectId, editable }: { projectId: string; editable: boolean }) {
  const { data, error, refetch } = useProject(projectId);
  if (error) return <Problem error={error} onRetry={refetch} />;
  if (!data) return <Skeleton height={280} />;
  return <Form key={data.id} project={data} editable={editable} />;
}

function Form({ project, editable }: { project: Project; editable: boolean }) {
  const change = useChangeProject(project.id);
  const [name, setName] = useState(project.name);
  const [timezone, setTimezone] = useState(project.timezone);
  const [weekStart, setWeekStart] = useState<WeekStart>(project.week_start);
  const changed =
    name.trim() !== project.name ||
    timezone !== project.timezone ||
    weekStart !== project.week_start;

  function submit(event: FormEvent) {
    event.preventDefault();
    change.mutate({ name: name.trim(), timezone, week_start: weekStart });
  }

  return (
    <form className={classes.form} onSubmit={submit}>
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        maxLength={200}
        disabled={!editable}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TimeZoneSelect
        value={timezone}
        onChange={setTimezone}
        disabled={!editable}
        description="Days, weeks and months begin on its clock. Changing it moves events between days in every chart."
      />
      <Input.Wrapper label="Weeks begin on" labelElement="div">
        <div>
          <SegmentedControl
            mt={4}
            aria-label="Weeks begin on"
            disabled={!editable}
            value={weekStart}
            onChange={(value) => setWeekStart(value as WeekStart)}
            data={[
              { value: "monday", label: "Monday" },
              { value: "sunday", label: "Sunday" },
            ]}
          />
        </div>
      </Input.Wrapper>
      {change.error ? <Problem error={change.error} /> : null}
      {editable ? (
        <div className={classes.buttons}>
          <Button
            type="submit"
            loading={change.isPending}
            disabled={!changed || name.trim() === ""}
          >
            Save
          </Button>
          {change.isSuccess && !changed ? (
            <span className={classes.saved} role="status">
              <IconCheck size={16} aria-hidden="true" />
              Saved
            </span>
          ) : null}
        </div>
      ) : (
        <p className={classes.facts}>Owners and admins can change this.</p>
      )}
    </form>
  );
}
