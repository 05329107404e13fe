import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useAddDashboard } from "../api/dashboards";
import { wordsOf } from "../ui/Problem";

/** What a dashboard is called until somebody names it. */
export const NEW_NAME = "New dashboard";

/** Creates an empty dashboard and goes there. */
export function useNewDashboard(projectId: string) {
  const add = useAddDashboard(projectId);
  const navigate = useNavigate();

  function create() {
    add.mutate(
      { name: NEW_NAME, description: "", tiles: [] },
      {
        onSuccess: ({ id }) =>
          navigate({
            to: "/p/$projectId/dashboards/$dashboardId",
            params: { projectId, dashboardId: id },
          }),
        onError: (error) => {
          const { message, hint } = wordsOf(error);
          notifications.show({ color: "red", title: message, message: hint });
        },
      },
    );
  }

  return { create, pending: add.isPending };
}
