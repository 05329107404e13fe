import { ActionIcon, Button, Group, Modal, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useInviteMember, useMembers, useRemoveMember } from "../api/members";
import { useMe } from "../api/session";
import type { Member, Role } from "../api/shapes";
import { CopyLine } from "../ui/Code";
import { Confirm } from "../ui/Confirm";
import { Problem } from "../ui/Problem";
import { Surface } from "../ui/Surface";
import { Section, Waiting } from "./Section";
import classes from "./settings.module.css";

const ROLES: { value: Role; label: string; description: string }[] = [
  { value: "viewer", label: "Viewer", description: "Looks at everything." },
  { value: "analyst", label: "Analyst", description: "Also changes dashboards." },
  { value: "admin", label: "Admin", description: "Also manages projects, keys and members." },
  { value: "owner", label: "Owner", description: "As an admin; the last owner stays." },
];

/** Everyone who can sign in, in all projects. */
export function Members() {
  const { data, error, refetch } = useMembers();
  const me = useMe().data?.member;
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);

  if (error) return <Problem error={error} onRetry={refetch} />;
  return (
    <>
      <Section
        title="Members"
        description="Everyone who can sign in. They see every project on this server."
        action={
          <Button leftSection={<IconPlus size={16} />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        }
      >
        <Surface>
          {data ? (
            data.map((member) => (
              <div key={member.id} className={classes.row}>
                <div className={classes.words}>
                  <div className={classes.name}>
                    {member.name}
                    {member.id === me?.id ? " (you)" : ""}
                  </div>
                  <div className={classes.facts}>{member.email}</div>
                </div>
                <span className={classes.facts}>
                  {ROLES.find(({ value }) => value === member.role)?.label}
                </span>
                <Tooltip label="Remove">
                  <ActionIcon
                    onClick={() => setRemoving(member)}
                    aria-label={`Remove ${member.name}`}
                  >
                    <IconTrash size={16} stroke={1.6} />
                  </ActionIcon>
                </Tooltip>
              </div>
            ))
          ) : (
            <Waiting />
          )}
        </Surface>
      </Section>
      {inviting ? <Invite onClose={() => setInviting(false)} /> : null}
      {removing ? <Remove member={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function Invite({ onClose }: { onClose: () => void }) {
  const invite = useInviteMember();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("analyst");
  const invited = invite.data;

  function submit(event: FormEvent) {
    event.preventDefault();
    invite.mutate({ name: name.trim(), email: email.trim(), role });
  }

  if (invited) {
    return (
      <Modal
        opened
        onClose={onClose}
        closeOnClickOutside={false}
        title={`${invited.member.name} is invited`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Text size="sm" c="dimmed" mb="sm">
          Send them this link. It signs them in once, within a day. It is shown this once.
        </Text>
        <CopyLine text={window.location.origin + invited.sign_in_path} label="Copy the link" />
        <Group justify="flex-end" mt="lg">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Modal>
    );
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title="Invite a member"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="E-mail address"
          type="email"
          required
          withAsterisk={false}
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <Select
          label="Role"
          description={ROLES.find(({ value }) => value === role)?.description}
          allowDeselect={false}
          data={ROLES.map(({ value, label }) => ({ value, label }))}
          value={role}
          onChange={(value) => value && setRole(value as Role)}
        />
        {invite.error ? <Problem error={invite.error} /> : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={invite.isPending}
            disabled={name.trim() === "" || email.trim() === ""}
          >
            Create the link
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function Remove({ member, onClose }: { member: Member; onClose: () => void }) {
  const remove = useRemoveMember();
  const isMe = useMe().data?.member?.id === member.id;

  function done() {
    if (isMe) window.location.assign("/sign-in");
    else onClose();
  }

  return (
    <Confirm
      title={`Remove ${member.name}?`}
      act="Remove member"
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(member.id, { onSuccess: done })}
      onClose={onClose}
    >
      <Text size="sm">
        {isMe
          ? "This is you: you are signed out at once, and somebody else has to invite you again."
          : "They are signed out everywhere. What they made stays."}
      </Text>
    </Confirm>
  );
}
