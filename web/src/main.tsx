import "@mantine/core/styles.css";
import "@mantine/dates/styles.css";
import "@mantine/notifications/styles.css";
import "./styles.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { SessionEnded } from "./access/SessionEnded";
import { ApiError } from "./api/client";
import { createAppRouter } from "./router";
import { theme, variables } from "./theme";

const client = new QueryClient({
  defaultOptions: {
    // Whether the browser is online says nothing about a server in the same house.
    queries: {
      networkMode: "always",
      retry: (failures, error) => error instanceof ApiError && error.passes && failures < 2,
    },
    mutations: { networkMode: "always" },
  },
});
const router = createAppRouter(client);

// After an update of the server the old page's parts are gone: get the new page, once. While nobody
// answers, the page stays as it is.
window.addEventListener("vite:preloadError", async () => {
  const last = Number(sessionStorage.getItem("cairn.reloaded") ?? 0);
  if (Date.now() - last < 10_000) return;
  const answer = await fetch("/healthz").catch(() => null);
  if (!answer?.ok) return;
  sessionStorage.setItem("cairn.reloaded", String(Date.now()));
  window.location.reload();
});

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
        <SessionEnded />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
