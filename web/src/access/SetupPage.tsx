import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useSetUp } from "../api/session";
import { ownTimeZone } from "../lib/time";
import { Problem } from "../ui/Problem";
import { TimeZoneSelect } from "../ui/TimeZoneSelect";
import { Entrance } from "./Entrance";
import classes from "./Entrance.module.css";

const LEAST_CHARACTERS = 8;

/** The first visit: makes the owner and the first project. */
export default function SetupPage() {
  const setUp = useSetUp();
  const navigate = useNavigate();
  const [form, setForm] = useState({
    name: "",
    email: "",
    password: "",
    project_name: "",
    timezone: ownTimeZone(),
  });
  const tooShort = form.password !== "" && form.password.length < LEAST_CHARACTERS;

  function field(name: "name" | "email" | "password" | "project_name") {
    return {
      value: form[name],
      required: true,
      withAsterisk: false,
      onChange: (event: { currentTarget: { value: string } }) => {
        const { value } = event.currentTarget;
        setForm((before) => ({ ...before, [name]: value }));
      },
    };
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (tooShort) return;
    setUp.mutate(form, {
      onSuccess: ({ projects }) => {
        const projectId = projects[0]?.id;
        if (projectId) void navigate({ to: "/p/$projectId/welcome", params: { projectId } });
      },
    });
  }

  return (
    <Entrance
      title="Welcome to Cairn"
      description="You are the first one here, so this makes you the owner. Nothing leaves this server."
    >
      <form onSubmit={submit} className={classes.fields}>
        <TextInput label="Your name" autoComplete="name" maxLength={200} {...field("name")} />
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="username"
          maxLength={254}
          {...field("email")}
        />
        <PasswordInput
          label="Password"
          description={`At least ${LEAST_CHARACTERS} characters.`}
          autoComplete="new-password"
          maxLength={200}
          error={tooShort ? `${LEAST_CHARACTERS - form.password.length} more to go` : undefined}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
          {...field("password")}
          minLength={LEAST_CHARACTERS}
        />
        <hr className={classes.rule} />
        <TextInput
          label="Project"
          description="The product whose events you want to understand."
          placeholder="Acme web app"
          maxLength={200}
          {...field("project_name")}
        />
        <TimeZoneSelect
          value={form.timezone}
          onChange={(timezone) => setForm((before) => ({ ...before, timezone }))}
        />
        {setUp.error ? <Problem error={setUp.error} /> : null}
        <Button type="submit" fullWidth loading={setUp.isPending} mt={4}>
          Create owner and project
        </Button>
      </form>
    </Entrance>
  );
}
