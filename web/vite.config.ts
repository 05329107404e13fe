import { cpSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const built = resolve(import.meta.dirname, "../src/cairn/web/static");
const reference = ["swagger-ui.css", "swagger-ui-bundle.js"];

/** Puts the files of the API's reference page beside the application. */
function referencePage(): Plugin {
  return {
    name: "reference-page",
    apply: "build",
    closeBundle() {
      for (const name of reference) {
        const from = resolve(import.meta.dirname, "node_modules/swagger-ui-dist", name);
        cpSync(from, resolve(built, "reference", name));
      }
    },
  };
}

/** What every page needs comes in a few files instead of dozens; charts and dates come when used. */
const shared = [
  { name: "react", test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
  {
    name: "mantine",
    test: /node_modules\/(@mantine\/(core|hooks|store|notifications)|@floating-ui|clsx)\//,
  },
  { name: "icons", test: /node_modules\/@tabler\// },
  { name: "base", test: /src\/(api|lib|ui)\// },
];

const server = process.env.CAIRN_URL ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react(), referencePage()],
  build: {
    outDir: built,
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rolldownOptions: { output: { codeSplitting: { groups: shared } } },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/v1", "/openapi.json", "/docs", "/reference"].map((path) => [path, server]),
    ),
  },
});
