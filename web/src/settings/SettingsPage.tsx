import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRights } from "../api/session";
import { useProjectId } from "../lib/place";
import { Page } from "../ui/Page";
import { Audit } from "./Audit";
import { General } from "./General";
import { Keys } from "./Keys";
import { Members } from "./Members";

/** The project, its keys, the members of the installation, and what was done. */
export default function SettingsPage() {
  const projectId = useProjectId();
  const { tab = "project" } = useSearch({ from: "/p/$projectId/settings" });
  const { manage } = useRights();
  const navigate = useNavigate();

  return (
    <Page title="Settings" width="text">
      <Tabs
        value={manage ? tab : "project"}
        keepMounted={false}
        onChange={(next) =>
          navigate({
            to: "/p/$projectId/settings",
            params: { projectId },
            search: next && next !== "project" ? { tab: next } : {},
            replace: true,
          })
        }
      >
        <Tabs.List mb="xl">
          <Tabs.Tab value="project">Project</Tabs.Tab>
          {manage ? (
            <>
              <Tabs.Tab value="keys">Keys</Tabs.Tab>
              <Tabs.Tab value="members">Members</Tabs.Tab>
              <Tabs.Tab value="audit">Audit log</Tabs.Tab>
            </>
          ) : null}
        </Tabs.List>
        <Tabs.Panel value="project">
          <General projectId={projectId} editable={manage} />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Keys projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="members">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <Audit projectId={projectId} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
