import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder } from "../testFolder.ts";
import { requireFunctionsNode } from "./nodeVersion.ts";

describe("requireFunctionsNode", () => {
  it("accepts the functions' own", () => {
    expect(() => requireFunctionsNode("24.21.0", createProject())).not.toThrow();
  });

  it.each(["20.20.2", "26.1.0", "2.4.0"])("refuses %s", (version) => {
    expect(() => requireFunctionsNode(version, createProject())).toThrow(
      `Cannot start under Node ${version}: the functions need Node 24, run it with npm`,
    );
  });
});

function createProject(): string {
  const root = createTestFolder();
  mkdirSync(join(root, "functions"));
  writeFileSync(join(root, "functions/package.json"), JSON.stringify({ engines: { node: "24" } }));
  return root;
}
