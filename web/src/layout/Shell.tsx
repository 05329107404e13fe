import { ActionIcon, Drawer } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useProjectId, useTitleOfPage } from "../lib/place";
import { Logo } from "../ui/Logo";
import { Navigation } from "./Navigation";
import classes from "./Shell.module.css";

const Finder = lazy(() => import("./Finder"));

/** The frame of every page of a project: navigation at the side, on a phone in a drawer. */
export function Shell() {
  const projectId = useProjectId();
  const [opened, drawer] = useDisclosure(false);
  const path = useLocation({ select: (location) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: having gone somewhere closes it
  useEffect(drawer.close, [path]);
  const title = useTitleOfPage();
  const [finding, finder] = useDisclosure(false);
  useHotkeys([["mod+K", finder.open]], []);

  function find() {
    drawer.close();
    finder.open();
  }

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <aside className={classes.side}>
        <Navigation onFind={find} />
      </aside>
      <header className={classes.top}>
        <ActionIcon size="lg" onClick={drawer.open} aria-label="Open the navigation">
          <IconMenu2 size={20} stroke={1.75} />
        </ActionIcon>
        <Logo size={22} />
      </header>
      <Drawer.Root opened={opened} onClose={drawer.close} size={288}>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation">
          <Navigation onFind={find} />
        </Drawer.Content>
      </Drawer.Root>
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      {finding ? (
        <Suspense>
          <Finder projectId={projectId} onClose={finder.close} />
        </Suspense>
      ) : null}
      <div className={classes.said} aria-live="polite">
        {title ? `Page: ${title}` : ""}
      </div>
    </div>
  );
}
