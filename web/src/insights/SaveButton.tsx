import { Anchor, Button, Group, Menu, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconDeviceFloppy } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useDashboards } from "../api/dashboards";
import type { Spec } from "../api/shapes";
import { Problem, wordsOf } from "../ui/Problem";
import type { Place } from "./links";
import { titleOf } from "./questions";
import { type Saved, useSaveTile } from "./saving";

interface SaveButtonProps {
  projectId: string;
  spec: Spec;
  /** The tile that the question came from. */
  place: Place | null;
  /** Whether the tile already holds this question. */
  saved: boolean;
  onSaved: (place: Place) => void;
}

/** Keeps a question: in the tile it came from, or in a new tile of any dashboard. */
export function SaveButton({ projectId, spec, place, saved, onSaved }: SaveButtonProps) {
  const [opened, modal] = useDisclosure(false);
  const save = useSaveTile(projectId);
  const navigate = useNavigate();
  const done = ({ dashboard, tile }: Saved) => {
    modal.close();
    onSaved({ dashboard: dashboard.id, tile: tile.id });
    notifications.show({
      message: (
        <>
          Saved to{" "}
          <Anchor
            component="button"
            type="button"
            onClick={() =>
              void navigate({
                to: "/p/$projectId/dashboards/$dashboardId",
                params: { projectId, dashboardId: dashboard.id },
              })
            }
          >
            {dashboard.name}
          </Anchor>
        </>
      ),
    });
  };
  const update = () => {
    if (!place) return;
    save.mutate(
      { dashboard: { id: place.dashboard }, tile: place.tile, title: null, spec },
      {
        onSuccess: done,
        onError: (error) => {
          const { message, hint } = wordsOf(error);
          notifications.show({ color: "red", title: message, message: hint });
        },
      },
    );
  };
  const icon = <IconDeviceFloppy size={16} stroke={1.75} />;
  return (
    <>
      {place ? (
        <Button.Group>
          <Button
            size="xs"
            leftSection={icon}
            disabled={saved}
            loading={save.isPending && !opened}
            onClick={update}
          >
            {saved ? "Saved" : "Save"}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="xs" px={8} aria-label="More ways to save">
                <IconChevronDown size={14} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={modal.open}>Save as a new tile</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Button.Group>
      ) : (
        <Button size="xs" leftSection={icon} onClick={modal.open}>
          Save to a dashboard
        </Button>
      )}
      <Modal
        opened={opened}
        onClose={modal.close}
        title="Save to a dashboard"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {opened && (
          <SaveForm
            projectId={projectId}
            spec={spec}
            pending={save.isPending}
            error={save.error}
            onCancel={modal.close}
            onSave={(title, dashboard) =>
              save.mutate({ dashboard, tile: null, title, spec }, { onSuccess: done })
            }
          />
        )}
      </Modal>
    </>
  );
}

const NEW = "";

interface SaveFormProps {
  projectId: string;
  spec: Spec;
  pending: boolean;
  error: unknown;
  onCancel: () => void;
  onSave: (title: string, dashboard: { id: string } | { name: string }) => void;
}

function SaveForm({ projectId, spec, pending, error, onCancel, onSave }: SaveFormProps) {
  const dashboards = useDashboards(projectId);
  const [title, setTitle] = useState(titleOf(spec));
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState("");
  const list = dashboards.data ?? [];
  const target = chosen ?? list[0]?.id ?? NEW;
  const ready = title.trim() !== "" && (target !== NEW || name.trim() !== "");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSave(title.trim(), target === NEW ? { name: name.trim() } : { id: target });
      }}
    >
      <Stack gap="md">
        <TextInput
          data-autofocus
          label="Title"
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Select
          label="Dashboard"
          allowDeselect={false}
          disabled={dashboards.isPending}
          value={target}
          onChange={(value) => setChosen(value ?? NEW)}
          data={[
            ...list.map((dashboard) => ({ value: dashboard.id, label: dashboard.name })),
            { value: NEW, label: "A new dashboard" },
          ]}
        />
        {target === NEW && !dashboards.isPending && (
          <TextInput
            label="Name of the dashboard"
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {error ? <Problem error={error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={!ready} loading={pending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
