import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { useCreateKey, useDeleteKey, useKeys } from "../api/keys";
import { useTimeZone } from "../api/projects";
import type { Key, Scope } from "../api/shapes";
import { CopyLine } from "../ui/Code";
import { Confirm } from "../ui/Confirm";
import { Moment } from "../ui/Moment";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Section, Waiting } from "./Section";
import { Snippets } from "./Snippets";
import classes from "./settings.module.css";

const SCOPES: { scope: Scope; label: string; description: string }[] = [
  { scope: "query", label: "Query", description: "Ask questions and read what pages show." },
  { scope: "write", label: "Write", description: "Send events." },
  { scope: "admin", label: "Admin", description: "Change the project, its keys and dashboards." },
];

/** The keys of a project: write keys to send events, API keys for programs. */
export function Keys({ projectId }: { projectId: string }) {
  const { data, error, refetch } = useKeys(projectId);
  const [creating, setCreating] = useState<Key["kind"] | null>(null);
  const [deleting, setDeleting] = useState<Key | null>(null);
  const writeKeys = data?.filter(({ kind }) => kind === "write");
  const apiKeys = data?.filter(({ kind }) => kind === "api");
  const writeKey = writeKeys?.[0]?.secret;

  if (error) return <Problem error={error} onRetry={refetch} />;
  return (
    <>
      <Section
        title="Write keys"
        description="They send events and nothing else. They are public: put them into pages and apps."
        action={
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setCreating("write")}
          >
            New write key
          </Button>
        }
      >
        <Surface>
          {writeKeys ? (
            <Rows keys={writeKeys} projectId={projectId} onDelete={setDeleting}>
              There is no write key, so nothing can send events to this project.
            </Rows>
          ) : (
            <Waiting />
          )}
        </Surface>
      </Section>
      {writeKey ? (
        <Section title="Send events" description="Any Segment library works, and so does HTTP.">
          <Snippets writeKey={writeKey} />
        </Section>
      ) : null}
      <Section
        title="API keys"
        description="For programs that ask questions or change things. They are secret."
        action={
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setCreating("api")}
          >
            New API key
          </Button>
        }
      >
        <Surface>
          {apiKeys ? (
            <Rows keys={apiKeys} projectId={projectId} onDelete={setDeleting}>
              No API key yet. Make one to ask questions from a program or notebook.
            </Rows>
          ) : (
            <Waiting />
          )}
        </Surface>
      </Section>
      {creating ? (
        <NewKey projectId={projectId} kind={creating} onClose={() => setCreating(null)} />
      ) : null}
      {deleting ? (
        <DeleteKey projectId={projectId} doomed={deleting} onClose={() => setDeleting(null)} />
      ) : null}
    </>
  );
}

interface RowsProps {
  keys: readonly Key[];
  projectId: string;
  onDelete: (key: Key) => void;
  /** What is said while there is no key. */
  children: ReactNode;
}

function Rows({ keys, projectId, onDelete, children }: RowsProps) {
  const timeZone = useTimeZone(projectId);
  if (keys.length === 0) return <p className={classes.none}>{children}</p>;
  return keys.map((key) => (
    <div key={key.id} className={classes.row}>
      <div className={classes.words}>
        <div className={classes.name}>{key.name}</div>
        <div className={classes.facts}>
          {key.kind === "api" ? `${key.scopes.join(", ")} · ` : ""}
          made <Moment iso={key.created_at} timeZone={timeZone} />
          {key.last_used_at ? (
            <>
              , used <Moment iso={key.last_used_at} timeZone={timeZone} />
            </>
          ) : key.kind === "api" ? (
            ", never used"
          ) : null}
        </div>
      </div>
      <div className={classes.secret}>
        {key.secret ? (
          <CopyLine text={key.secret} label="Copy the key" />
        ) : (
          <code className={classes.facts}>{key.prefix}…</code>
        )}
      </div>
      <Tooltip label="Delete">
        <ActionIcon onClick={() => onDelete(key)} aria-label={`Delete ${key.name}`}>
          <IconTrash size={16} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </div>
  ));
}

interface NewKeyProps {
  projectId: string;
  kind: Key["kind"];
  onClose: () => void;
}

function NewKey({ projectId, kind, onClose }: NewKeyProps) {
  const create = useCreateKey(projectId);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["query"]);
  const title = kind === "write" ? "New write key" : "New API key";
  const made = create.data;

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate(
      { kind, name: name.trim(), scopes: kind === "api" ? scopes : [] },
      kind === "write" ? { onSuccess: onClose } : {},
    );
  }

  if (made && kind === "api") {
    return (
      <Modal
        opened
        onClose={onClose}
        closeOnClickOutside={false}
        title={`API key “${made.name}”`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Text size="sm" c="dimmed" mb="sm">
          Copy it now: it is shown this once, and never again.
        </Text>
        <CopyLine text={made.secret ?? ""} label="Copy the key" />
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          description="What will use it."
          placeholder={kind === "write" ? "Web app" : "Weekly report"}
          required
          withAsterisk={false}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        {kind === "api" ? (
          <Checkbox.Group
            mt="lg"
            label="It may"
            value={scopes}
            onChange={(chosen) => setScopes(chosen as Scope[])}
          >
            {SCOPES.map(({ scope, label, description }) => (
              <Checkbox key={scope} mt="xs" value={scope} label={label} description={description} />
            ))}
          </Checkbox.Group>
        ) : null}
        {create.error ? (
          <div style={{ marginTop: 16 }}>
            <Problem error={create.error} />
          </div>
        ) : null}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={create.isPending}
            disabled={name.trim() === "" || (kind === "api" && scopes.length === 0)}
          >
            Create key
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

interface DeleteKeyProps {
  projectId: string;
  doomed: Key;
  onClose: () => void;
}

function DeleteKey({ projectId, doomed, onClose }: DeleteKeyProps) {
  const remove = useDeleteKey(projectId);
  return (
    <Confirm
      title={`Delete “${doomed.name}”?`}
      act="Delete key"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(doomed.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      <Text size="sm">
        {doomed.kind === "write"
          ? "Whatever still sends with it is refused within five seconds, and those events are lost."
          : "Programs that use it are refused at once."}
      </Text>
    </Confirm>
  );
}
