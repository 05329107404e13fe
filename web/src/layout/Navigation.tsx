import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconBolt,
  IconLayoutDashboard,
  IconList,
  IconPlus,
  IconSettings,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useDashboards } from "../api/dashboards";
import { useRights } from "../api/session";
import { useNewDashboard } from "../dashboards/useNewDashboard";
import { KINDS } from "../insights/kinds";
import { useProjectId } from "../lib/place";
import { Logo } from "../ui/Logo";
import { FinderButton } from "./FinderButton";
import { MemberMenu } from "./MemberMenu";
import classes from "./Navigation.module.css";
import { ProjectSwitch } from "./ProjectSwitch";

const ICON = { size: 17, stroke: 1.6, "aria-hidden": true } as const;

/** Everywhere one can go in a project. */
export function Navigation({ onFind }: { onFind: () => void }) {
  const projectId = useProjectId();
  const rights = useRights();
  const { data: dashboards } = useDashboards(projectId);
  const { create, pending } = useNewDashboard(projectId);
  const params = { projectId };

  return (
    <div className={classes.navigation}>
      <div className={classes.head}>
        <Link to="/" className={classes.logo} aria-label="Cairn: to the first dashboard">
          <Logo size={22} />
        </Link>
        <ProjectSwitch projectId={projectId} />
        <FinderButton onClick={onFind} />
      </div>
      <nav aria-label="Project" className={classes.scroll}>
        <Section
          title="Dashboards"
          action={
            rights.edit ? (
              <Tooltip label="New dashboard">
                <ActionIcon size="sm" onClick={create} loading={pending} aria-label="New dashboard">
                  <IconPlus size={15} />
                </ActionIcon>
              </Tooltip>
            ) : null
          }
        >
          <Link
            to="/p/$projectId/dashboards"
            params={params}
            className={classes.link}
            activeOptions={{ exact: true }}
          >
            <IconLayoutDashboard {...ICON} />
            All dashboards
          </Link>
          {dashboards?.map(({ id, name }) => (
            <Link
              key={id}
              to="/p/$projectId/dashboards/$dashboardId"
              params={{ projectId, dashboardId: id }}
              className={classes.link}
              data-nested
            >
              <span className={classes.name}>{name}</span>
            </Link>
          ))}
        </Section>
        <Section title="Ask">
          {KINDS.map(({ name, title, says, Icon }) => (
            <Link
              key={name}
              to="/p/$projectId/insights/$kind"
              params={{ projectId, kind: name }}
              title={says}
              activeOptions={{ includeSearch: false }}
              className={classes.link}
            >
              <Icon {...ICON} />
              {title}
            </Link>
          ))}
        </Section>
        <Section title="Data">
          <Link to="/p/$projectId/live" params={params} className={classes.link}>
            <IconBolt {...ICON} />
            Live
          </Link>
          <Link to="/p/$projectId/events" params={params} className={classes.link}>
            <IconList {...ICON} />
            Events
          </Link>
          <Link
            to="/p/$projectId/people"
            params={params}
            activeOptions={{ includeSearch: false }}
            className={classes.link}
          >
            <IconUsers {...ICON} />
            People
          </Link>
          <Link to="/p/$projectId/cohorts" params={params} className={classes.link}>
            <IconUsersGroup {...ICON} />
            Cohorts
          </Link>
        </Section>
      </nav>
      <div className={classes.foot}>
        <Link
          to="/p/$projectId/settings"
          params={params}
          activeOptions={{ includeSearch: false }}
          className={classes.link}
        >
          <IconSettings {...ICON} />
          Settings
        </Link>
        <MemberMenu />
      </div>
    </div>
  );
}

function Section(props: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.section}>
      <div className={classes.label}>
        {props.title}
        {props.action}
      </div>
      {props.children}
    </div>
  );
}
