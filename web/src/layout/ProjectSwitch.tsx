import {
  Button,
  Group,
  Menu,
  Modal,
  TextInput,
  UnstyledButton,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useCreateProject } from "../api/projects";
import { useMe, useRights } from "../api/session";
import { ownTimeZone } from "../lib/time";
import { Problem } from "../ui/Problem";
import { TimeZoneSelect } from "../ui/TimeZoneSelect";
import classes from "./ProjectSwitch.module.css";

/** The project whose pages are open, the others to go to, and a new one. */
export function ProjectSwitch({ projectId }: { projectId: string }) {
  const { data: who } = useMe();
  const rights = useRights();
  const navigate = useNavigate();
  const [creating, modal] = useDisclosure(false);
  const current = who?.projects.find(({ id }) => id === projectId);

  return (
    <>
      <Menu width="target" position="bottom-start">
        <Menu.Target>
          <UnstyledButton className={classes.target}>
            <span
              className={classes.initial}
              data-initial={current?.name.charAt(0).toUpperCase()}
            />
            <span className={classes.name}>
              <VisuallyHidden>Project: </VisuallyHidden>
              {current?.name}
            </span>
            <IconSelector size={15} stroke={1.6} aria-hidden="true" />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {who?.projects.map(({ id, name }) => (
            <Menu.Item
              key={id}
              onClick={() => navigate({ to: "/p/$projectId", params: { projectId: id } })}
              rightSection={id === projectId ? <IconCheck size={15} aria-label="Open" /> : null}
            >
              {name}
            </Menu.Item>
          ))}
          {rights.manage ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={15} />} onClick={modal.open}>
                New project
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {creating ? <NewProject onClose={modal.close} /> : null}
    </>
  );
}

function NewProject({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const create = useCreateProject();
  const [name, setName] = useState("");
  const [timezone, setTimezone] = useState(ownTimeZone());

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate(
      { name: name.trim(), timezone, week_start: "monday" },
      {
        onSuccess: async ({ id }) => {
          onClose();
          await navigate({ to: "/p/$projectId/welcome", params: { projectId: id } });
        },
      },
    );
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title="New project"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          description="The product whose events it keeps."
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TimeZoneSelect mt="md" value={timezone} onChange={setTimezone} />
        {create.error ? (
          <div style={{ marginTop: 16 }}>
            <Problem error={create.error} />
          </div>
        ) : null}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
            Create project
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
