import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useSignIn } from "../api/session";
import type { Me } from "../api/shapes";
import { Problem } from "../ui/Problem";
import classes from "./Entrance.module.css";

interface Props {
  email?: string;
  onDone: (who: Me) => void;
}

/** Signs in with e-mail address and password. */
export function PasswordForm({ email: known = "", onDone }: Props) {
  const signIn = useSignIn();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password }, { onSuccess: onDone });
  }

  return (
    <form onSubmit={submit} className={classes.fields}>
      <TextInput
        label="E-mail address"
        type="email"
        autoComplete="username"
        required
        withAsterisk={false}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        data-autofocus={known === "" || undefined}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        data-autofocus={known !== "" || undefined}
        visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
      />
      {signIn.error ? <Problem error={signIn.error} /> : null}
      <Button type="submit" fullWidth loading={signIn.isPending} mt={4}>
        Sign in
      </Button>
    </form>
  );
}
