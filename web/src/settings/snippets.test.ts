import { expect, test } from "vitest";
import { snippetsFor } from "./snippets";

test("every snippet sends to this server with this key", () => {
  for (const { name, code } of snippetsFor("https://cairn.example.org", "wk_abc")) {
    expect(code, name).toContain("https://cairn.example.org");
    expect(code, name).toContain("wk_abc");
  }
});
