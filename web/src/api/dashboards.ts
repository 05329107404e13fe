/** Dashboards, and the rule that two people never overwrite each other unknowingly. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { Dashboard, Draft, Edit } from "./shapes";

/** The dashboards of a project, oldest first. */
export function dashboardsOf(projectId: string) {
  return queryOptions({
    queryKey: ["project", projectId, "dashboards"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/dashboards", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ) as Promise<Dashboard[]>,
    staleTime: 10_000,
  });
}

/** The dashboards of a project, oldest first. */
export function useDashboards(projectId: string) {
  return useQuery(dashboardsOf(projectId));
}

/** One dashboard. */
export function dashboardWith(projectId: string, dashboardId: string) {
  return queryOptions({
    queryKey: ["project", projectId, "dashboard", dashboardId],
    queryFn: ({ signal }) => getDashboard(projectId, dashboardId, signal),
  });
}

/** One dashboard. */
export function useDashboard(projectId: string, dashboardId: string) {
  return useQuery(dashboardWith(projectId, dashboardId));
}

/** Asks for a dashboard as it is now. */
export function getDashboard(projectId: string, dashboardId: string, signal?: AbortSignal) {
  return read(
    api.GET("/api/projects/{project_id}/dashboards/{dashboard_id}", {
      params: { path: { project_id: projectId, dashboard_id: dashboardId } },
      ...(signal ? { signal } : {}),
    }),
  ) as Promise<Dashboard>;
}

/** Creates a dashboard. */
export function postDashboard(projectId: string, draft: Draft) {
  return read(
    api.POST("/api/projects/{project_id}/dashboards", {
      params: { path: { project_id: projectId } },
      body: draft,
    }),
  ) as Promise<Dashboard>;
}

/** Keeps a new dashboard. */
export function useAddDashboard(projectId: string) {
  const remember = useRemember(projectId);
  return useMutation({
    mutationFn: (draft: Draft) => postDashboard(projectId, draft),
    onSuccess: remember,
  });
}

/** Replaces a dashboard; an ApiError with code `conflict` when somebody else was quicker. */
export function putDashboard(projectId: string, dashboardId: string, edit: Edit) {
  return read(
    api.PUT("/api/projects/{project_id}/dashboards/{dashboard_id}", {
      params: { path: { project_id: projectId, dashboard_id: dashboardId } },
      body: edit,
    }),
  ) as Promise<Dashboard>;
}

/** Replaces a dashboard; an ApiError with code `conflict` when somebody else was quicker. */
export function useChangeDashboard(projectId: string) {
  const remember = useRemember(projectId);
  return useMutation({
    mutationFn: ({ id, edit }: { id: string; edit: Edit }) => putDashboard(projectId, id, edit),
    onSuccess: remember,
  });
}

/** Deletes a dashboard. */
export function useRemoveDashboard(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (dashboardId: string) =>
      read(
        api.DELETE("/api/projects/{project_id}/dashboards/{dashboard_id}", {
          params: { path: { project_id: projectId, dashboard_id: dashboardId } },
        }),
      ),
    onSuccess: (_, dashboardId) => {
      client.removeQueries({ queryKey: ["project", projectId, "dashboard", dashboardId] });
      return client.invalidateQueries({ queryKey: ["project", projectId, "dashboards"] });
    },
  });
}

/** What to send to make a dashboard say something else. */
export function editOf(dashboard: Dashboard, change: Partial<Draft>): Edit {
  const { name, description, tiles, revision } = dashboard;
  return { name, description, tiles, revision, ...change };
}

function useRemember(projectId: string) {
  const client = useQueryClient();
  return (dashboard: Dashboard) => {
    client.setQueryData(["project", projectId, "dashboard", dashboard.id], dashboard);
    return client.invalidateQueries({ queryKey: ["project", projectId, "dashboards"] });
  };
}
