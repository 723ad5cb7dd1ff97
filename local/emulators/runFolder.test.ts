import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTestFolder } from "../testFolder.ts";
import { createRunFolder, removeStaleRunFolders, requireNotRunning, type RunOptions } from "./runFolder.ts";

const firebaseTools: { loadUserEnvs(options: object): Record<string, string> } = createRequire(
  import.meta.url,
)("firebase-tools/lib/functions/env.js");

const ports = {
  hosting: 21_000,
  functions: 21_001,
  firestore: 21_002,
  auth: 21_003,
  websocket: 21_004,
  hub: 21_005,
  logging: 21_006,
  eventarc: 21_007,
  tasks: 21_008,
};
const options: RunOptions = {
  projectId: "demo-one",
  ports,
  variables: { FRONTEND_URL: "http://127.0.0.1:21000", ENFORCE_APP_CHECK: "false" },
  secrets: { STRIPE_SECRET_KEY: "sk_test_gateway_local" },
  userVariables: false,
};

describe("createRunFolder", () => {
  it("gives every emulator the run's port", () => {
    const folder = createRunFolder(options, createProject());
    const { emulators } = JSON.parse(readFileSync(join(folder, "firebase.json"), "utf8"));
    expect(emulators).toMatchObject({
      hosting: { port: 21_000 },
      firestore: { port: 21_002, websocketPort: 21_004 },
      hub: { port: 21_005 },
      tasks: { port: 21_008 },
      singleProjectMode: true,
    });
  });

  it("shows the build through links", () => {
    const folder = createRunFolder(options, createProject());
    expect(readFileSync(join(folder, "functions/lib/index.js"), "utf8")).toBe("export {};");
    expect(readFileSync(join(folder, "web/dist/index.html"), "utf8")).toBe("<html>");
  });

  it("keeps the developer's own environment out of an isolated run", () => {
    const root = createProject();
    const folder = createRunFolder(options, root);
    expect(readVariables(folder)).toEqual(options.variables);
    expect(readFileSync(join(folder, "functions/.secret.local"), "utf8")).toBe(
      "STRIPE_SECRET_KEY=sk_test_gateway_local\n",
    );
  });

  it("lets the developer's own environment win where it counts", () => {
    const folder = createRunFolder({ ...options, userVariables: true, secrets: "user" }, createProject());
    expect(readVariables(folder)).toEqual({
      FRONTEND_URL: "http://127.0.0.1:21000",
      ENFORCE_APP_CHECK: "true",
      OWN: "1",
    });
    expect(readFileSync(join(folder, "functions/.secret.local"), "utf8")).toBe(
      "STRIPE_SECRET_KEY=sk_test_own\n",
    );
  });

  it("leaves the tree as it was", () => {
    const root = createProject();
    const before = readdirSync(join(root, "functions"));
    createRunFolder(options, root);
    expect(readdirSync(join(root, "functions"))).toEqual(before);
  });

  it("asks for a build that is missing", () => {
    const root = createTestFolder();
    writeFiles(root, { "firebase.json": "{}", "firestore.rules": "", "functions/package.json": "{}" });
    expect(() => createRunFolder(options, root)).toThrow(
      '"functions/lib" is missing, run "npm run build" first',
    );
  });

  it("refuses a project whose launcher is alive", () => {
    const root = createProject();
    createRunFolder(options, root);
    expect(() => createRunFolder(options, root)).toThrow(
      `Cannot start: project "demo-one" is running already (process ${process.pid})`,
    );
    expect(() => requireNotRunning("demo-two", root)).not.toThrow();
  });
});

describe("removeStaleRunFolders", () => {
  it("removes the folders of launchers that are gone, and only those", () => {
    const root = createProject();
    const alive = createRunFolder(options, root);
    const stale = createRunFolder({ ...options, projectId: "demo-stale" }, root);
    writeFileSync(join(stale, "owner.pid"), "999999999");
    removeStaleRunFolders(root);
    expect(existsSync(stale)).toBe(false);
    expect(existsSync(join(alive, "firebase.json"))).toBe(true);
    expect(existsSync(join(root, "functions/lib/index.js"))).toBe(true);
  });
});

function createProject(): string {
  const root = createTestFolder();
  writeFiles(root, {
    "firebase.json": JSON.stringify({ emulators: { ui: { enabled: false }, singleProjectMode: true } }),
    "firestore.rules": "",
    "functions/package.json": "{}",
    "functions/lib/index.js": "export {};",
    "functions/node_modules/.package-lock.json": "{}",
    "functions/.env.local": "ENFORCE_APP_CHECK=true\nOWN=1\n",
    "functions/.secret.local": "STRIPE_SECRET_KEY=sk_test_own\n",
    "web/dist/index.html": "<html>",
  });
  return root;
}

function writeFiles(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What the functions emulator gives to the functions of a run folder. */
function readVariables(folder: string): Record<string, string> {
  const functionsSource = join(folder, "functions");
  return firebaseTools.loadUserEnvs({
    functionsSource,
    projectDir: folder,
    projectId: "demo-one",
    isEmulator: true,
  });
}
