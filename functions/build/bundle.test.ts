import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type * as adminFirestore from "firebase-admin/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLoadedSources, toPackages, toTracingEnvironment } from "../../tests/kit/loadedFiles.ts";
import * as source from "../src/index.ts";
import { bundleFunctions } from "./bundle.ts";
import { toDeferredFiles } from "./deferred.ts";
import { parseEntries } from "./entries.ts";

const requireHere = createRequire(import.meta.url);
const functionsFolder = join(import.meta.dirname, "..");
const names = Object.keys(source).toSorted();
const entries = parseEntries(readFileSync(join(functionsFolder, "src/index.ts"), "utf8"));
/** Builds, and starts a process for most assertions. */
const timeout = 60_000;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gateway-bundle-"));
  await bundleFunctions(join(folder, "lib"));
  writePackage(folder, "lib/index.cjs");
}, timeout);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("bundleFunctions", { timeout }, () => {
  it("is discovered with every function and option of the source", () => {
    const unbundled = join(folder, "unbundled");
    mkdirSync(unbundled);
    writePackage(unbundled, relative(unbundled, join(functionsFolder, "src/index.ts")));
    const discovered = discover(folder);
    expect(Object.keys(discovered.endpoints).toSorted()).toEqual(names);
    expect(discovered).toEqual(discover(unbundled));
  });

  it("leaves out what of zod is not used", () => {
    const sources = load("createPaymentSession");
    expect(sources).toContainEqual(expect.stringContaining("/zod/v4/classic/schemas.js"));
    expect(sources.filter((file) => /\/zod\/v4\/locales\/(?!en\.)/.test(file))).toEqual([]);
  });

  it.each(entries)("loads for $module nothing that only a call needs", ({ names: [name = ""] }) => {
    const packages = toPackages(load(name));
    expect(packages).toContain("@google-cloud/firestore");
    for (const later of ["stripe", "firebase-admin", "google-auth-library"])
      expect(packages).not.toContain(later);
  });

  it.each(Object.entries(toDeferredFiles()))("loads %s later, with all it has", (name, original) => {
    const now: object = requireHere(original);
    expect(Object.keys(requireLater(name)).toSorted()).toEqual(Object.keys(now).toSorted());
  });

  it("has pipelines for those who ask for one", () => {
    const { Firestore }: typeof adminFirestore = requireLater("firebase-admin-firestore");
    const { Pipeline } = requireLater("firestore-pipelines");
    const pipeline = new Firestore({ projectId: "demo" }).pipeline().collection("payments");
    expect(pipeline).toBeInstanceOf(Pipeline);
  });

  it("lists the licenses of the packages in it", () => {
    const licenses = readFileSync(join(folder, "lib/THIRD_PARTY_LICENSES.txt"), "utf8");
    expect(licenses).toMatch(/^stripe \d+\.\d+\.\d+\nLicense: MIT\n\n.+Permission is hereby granted/ms);
    expect(licenses).toMatch(/^@google-cloud\/firestore \d+\.\d+\.\d+\nLicense: Apache-2\.0$/m);
    expect(licenses).not.toMatch(/^esbuild /m);
  });

  it("removes the files of an earlier build", async () => {
    const stale = join(folder, "lib/chunk-STALE.mjs");
    writeFileSync(stale, "");
    await bundleFunctions(join(folder, "lib"));
    expect(() => readFileSync(stale)).toThrow("ENOENT");
  });
});

/** A deferred module of the bundle. */
function requireLater(name: string) {
  return requireHere(join(folder, `lib/${name}.mjs`)).default;
}

interface Manifest {
  endpoints: Record<string, object>;
}

function writePackage(where: string, main: string): void {
  writeFileSync(join(where, "package.json"), JSON.stringify({ type: "module", main }));
}

/** What firebase-tools asks firebase-functions for when it deploys. */
function discover(where: string): Manifest {
  const output = join(where, "manifest.json");
  const bin = join(functionsFolder, "node_modules/firebase-functions/lib/bin/firebase-functions.js");
  execFileSync(process.execPath, [bin, where], {
    cwd: where,
    env: { FUNCTIONS_MANIFEST_OUTPUT_PATH: output, FUNCTIONS_CONTROL_API: "true" },
    stdio: "pipe",
  });
  return JSON.parse(readFileSync(output, "utf8"));
}

/** The sources of the files that a new process loads for one function. */
function load(name: string): string[] {
  const list = join(folder, `${name}.list`);
  execFileSync(process.execPath, ["-e", `require(".").${name}`], {
    cwd: folder,
    env: toTracingEnvironment(list),
    stdio: "pipe",
  });
  return readLoadedSources(list);
}
