import { Tabs } from "@mantine/core";
import { CodeBlock, CopyLine } from "../ui/Code";
import { snippetsFor } from "./snippets";

/** How to send events, in several languages. */
export function Snippets({ writeKey }: { writeKey: string }) {
  const snippets = snippetsFor(window.location.origin, writeKey);
  return (
    <Tabs defaultValue="Browser" keepMounted={false}>
      <Tabs.List mb="md">
        {snippets.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ name, install, code }) => (
        <Tabs.Panel key={name} value={name}>
          {install ? (
            <div style={{ marginBottom: 8 }}>
              <CopyLine text={install} label="Copy the command" />
            </div>
          ) : null}
          <CodeBlock code={code} label="Copy the code" />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
