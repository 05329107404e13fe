/** Every page and its address. Pages are loaded when they are first opened. */

import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { dashboardsOf } from "./api/dashboards";
import { me } from "./api/session";
import type { Spec } from "./api/shapes";
import { kindNamed } from "./insights/kinds";
import { Shell } from "./layout/Shell";
import { keep, kept } from "./lib/kept";
import { Fallen, Nothing } from "./ui/Boundary";

interface Context {
  client: QueryClient;
}

/** Where a question is: in the address, with the tile that it came from. */
export interface InsightSearch {
  spec?: Spec;
  dashboard?: string;
  tile?: string;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: () => <Nothing />,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, "token"),
    ...text(search, "next"),
  }),
  beforeLoad: async ({ context, search }) => {
    const who = await context.client.ensureQueryData(me);
    if (who.setup_required) throw redirect({ to: "/setup", replace: true });
    if (who.member && !search.token) throw redirect({ to: "/", replace: true });
  },
  component: lazyRouteComponent(() => import("./access/SignInPage")),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  beforeLoad: async ({ context }) => {
    const who = await context.client.ensureQueryData(me);
    if (!who.setup_required) throw redirect({ to: "/", replace: true });
  },
  component: lazyRouteComponent(() => import("./access/SetupPage")),
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: async ({ context }) => {
    const who = await context.client.ensureQueryData(me);
    if (who.setup_required) throw redirect({ to: "/setup", replace: true });
    if (!who.member) throw redirect({ to: "/sign-in", replace: true });
    const last = kept("project");
    const project = who.projects.find(({ id }) => id === last) ?? who.projects[0];
    if (!project) throw notFound();
    const [first] = await context.client.ensureQueryData(dashboardsOf(project.id));
    const projectId = project.id;
    if (!first) throw redirect({ to: "/p/$projectId/dashboards", params: { projectId } });
    throw redirect({
      to: "/p/$projectId/dashboards/$dashboardId",
      params: { projectId, dashboardId: first.id },
      replace: true,
    });
  },
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/p/$projectId",
  beforeLoad: async ({ context, params, location }) => {
    const who = await context.client.ensureQueryData(me);
    if (who.setup_required) throw redirect({ to: "/setup", replace: true });
    if (!who.member) {
      throw redirect({ to: "/sign-in", search: { next: location.href }, replace: true });
    }
    if (!who.projects.some(({ id }) => id === params.projectId))
      throw notFound({ routeId: "__root__" });
    keep("project", params.projectId);
  },
  component: Shell,
});

const projectHome = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: async ({ context, params: { projectId } }) => {
    const [first] = await context.client.ensureQueryData(dashboardsOf(projectId));
    if (!first) throw redirect({ to: "/p/$projectId/dashboards", params: { projectId } });
    throw redirect({
      to: "/p/$projectId/dashboards/$dashboardId",
      params: { projectId, dashboardId: first.id },
      replace: true,
    });
  },
});

const dashboards = createRoute({
  getParentRoute: () => project,
  path: "dashboards",
  component: lazyRouteComponent(() => import("./dashboards/DashboardsPage")),
});

const dashboard = createRoute({
  getParentRoute: () => project,
  path: "dashboards/$dashboardId",
  validateSearch: (search: Record<string, unknown>) => ({
    ...text(search, "from"),
    ...text(search, "to"),
  }),
  component: lazyRouteComponent(() => import("./dashboards/DashboardPage")),
});

const insight = createRoute({
  getParentRoute: () => project,
  path: "insights/$kind",
  validateSearch: (search: Record<string, unknown>): InsightSearch => ({
    ...(isSpec(search.spec) ? { spec: search.spec } : {}),
    ...text(search, "dashboard"),
    ...text(search, "tile"),
  }),
  component: lazyRouteComponent(() => import("./insights/InsightPage")),
});

const live = createRoute({
  getParentRoute: () => project,
  path: "live",
  component: lazyRouteComponent(() => import("./live/LivePage")),
});

const events = createRoute({
  getParentRoute: () => project,
  path: "events",
  component: lazyRouteComponent(() => import("./events/EventsPage")),
});

const people = createRoute({
  getParentRoute: () => project,
  path: "people",
  validateSearch: (search: Record<string, unknown>) => text(search, "search"),
  component: lazyRouteComponent(() => import("./people/PeoplePage")),
});

const person = createRoute({
  getParentRoute: () => project,
  path: "people/$uid",
  component: lazyRouteComponent(() => import("./people/PersonPage")),
});

const cohorts = createRoute({
  getParentRoute: () => project,
  path: "cohorts",
  component: lazyRouteComponent(() => import("./cohorts/CohortsPage")),
});

const cohort = createRoute({
  getParentRoute: () => project,
  path: "cohorts/$cohortId",
  component: lazyRouteComponent(() => import("./cohorts/CohortPage")),
});

const settings = createRoute({
  getParentRoute: () => project,
  path: "settings",
  validateSearch: (search: Record<string, unknown>) => text(search, "tab"),
  component: lazyRouteComponent(() => import("./settings/SettingsPage")),
});

const welcome = createRoute({
  getParentRoute: () => project,
  path: "welcome",
  component: lazyRouteComponent(() => import("./settings/WelcomePage")),
});

const tree = root.addChildren([
  home,
  signIn,
  setup,
  project.addChildren([
    projectHome,
    dashboards,
    dashboard,
    insight,
    live,
    events,
    people,
    person,
    cohorts,
    cohort,
    settings,
    welcome,
  ]),
]);

/** Builds the router over a cache of what the server said. */
export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultErrorComponent: Fallen,
    defaultNotFoundComponent: () => <Nothing />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

function text<Name extends string>(
  search: Record<string, unknown>,
  name: Name,
): { [name in Name]?: string } {
  const value = search[name];
  if (value === undefined || value === null || value === "") return {};
  return { [name]: String(value) } as { [name in Name]?: string };
}

function isSpec(value: unknown): value is Spec {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return kindNamed(String(value.kind)) !== undefined;
}
