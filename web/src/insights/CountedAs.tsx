import { SegmentedControl } from "@mantine/core";
import type { Actor, Spec } from "../api/shapes";
import { Section } from "./Section";

/** Chooses who is counted. Few ask it, so it stands last. */
export function CountedAs<S extends Spec>({
  spec,
  onChange,
}: {
  spec: S;
  onChange: (spec: S) => void;
}) {
  return (
    <Section title="Count">
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Who is counted"
        value={spec.actor ?? "person"}
        onChange={(actor) => onChange({ ...spec, actor: actor as Actor })}
        data={[
          { value: "person", label: "People" },
          { value: "session", label: "Sessions" },
          { value: "account", label: "Accounts" },
        ]}
      />
    </Section>
  );
}
