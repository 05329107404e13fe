import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { Problem } from "./Problem";

interface Props {
  title: string;
  children: ReactNode;
  /** What the button says that does it. */
  act: string;
  pending?: boolean;
  error?: unknown;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({ title, children, act, pending, error, onConfirm, onClose }: Props) {
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      {children}
      {error ? <Problem error={error} /> : null}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red" loading={pending ?? false} onClick={onConfirm}>
          {act}
        </Button>
      </Group>
    </Modal>
  );
}
