/** Code that sends a first event, ready to paste. */

export interface Snippet {
  name: string;
  /** What to do before the code, as a command. */
  install: string | null;
  code: string;
}

/** Returns how to send an event to a server with a write key, from wherever one writes code. */
export function snippetsFor(server: string, writeKey: string): Snippet[] {
  return [
    {
      name: "Browser",
      install: "npm install @segment/analytics-next",
      code: `import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({
  writeKey: "${writeKey}",
  cdnURL: "${server}",
});

analytics.identify("user-17", { name: "Ada", plan: "pro" });
analytics.track("Signed up", { source: "landing page" });`,
    },
    {
      name: "Python",
      install: "pip install segment-analytics-python",
      code: `import segment.analytics as analytics

analytics.write_key = "${writeKey}"
analytics.host = "${server}"

analytics.identify("user-17", {"name": "Ada", "plan": "pro"})
analytics.track("user-17", "Signed up", {"source": "landing page"})
analytics.flush()`,
    },
    {
      name: "Node.js",
      install: "npm install @segment/analytics-node",
      code: `import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({
  writeKey: "${writeKey}",
  host: "${server}",
});

analytics.identify({ userId: "user-17", traits: { name: "Ada", plan: "pro" } });
analytics.track({ userId: "user-17", event: "Signed up", properties: { source: "landing page" } });
await analytics.closeAndFlush();`,
    },
    {
      name: "curl",
      install: null,
      code: `curl ${server}/v1/track \\
  -u ${writeKey}: \\
  -H "Content-Type: application/json" \\
  -d '{"userId": "user-17", "event": "Signed up", "properties": {"source": "terminal"}}'`,
    },
  ];
}
