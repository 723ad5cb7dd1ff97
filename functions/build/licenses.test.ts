import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toLicensesText } from "./licenses.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gateway-licenses-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a package with a file in it, and names the file as esbuild does. */
function writePackage(path: string, manifest: object, files: Record<string, string> = {}): string {
  const packageFolder = join(folder, path);
  mkdirSync(packageFolder, { recursive: true });
  const [, name = ""] = path.split(/.*node_modules\//);
  writeFileSync(join(packageFolder, "package.json"), JSON.stringify({ name, version: "1.2.3", ...manifest }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(packageFolder, file), text);
  return `${packageFolder}/index.js`.replaceAll("\\", "/");
}

/** What esbuild says about a bundle with these inputs and their bytes in it. */
function toMetafile(inputs: Record<string, number>): Parameters<typeof toLicensesText>[0] {
  const known = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  return {
    outputs: {
      "lib/index.mjs": { bytes: 1, inputs: Object.fromEntries(known), imports: [], exports: [] },
    },
  };
}

describe("toLicensesText", () => {
  it("lists name, version, license and text of each package once, by name", () => {
    const text = toLicensesText(
      toMetafile({
        [writePackage("node_modules/zebra", { license: "MIT" }, { LICENSE: "Zebra's text\n" })]: 10,
        [writePackage("node_modules/@scope/ant", { license: "ISC" }, { "licence.md": "Ant's text" })]: 10,
        [writePackage("node_modules/zebra/node_modules/@scope/ant", { license: "ISC" }, { LICENSE: "x" })]: 5,
        "functions/src/index.ts": 100,
      }),
    );
    expect(text.match(/^.+ 1\.2\.3$/gm)).toEqual(["@scope/ant 1.2.3", "zebra 1.2.3"]);
    expect(text).toContain("zebra 1.2.3\nLicense: MIT\n\nZebra's text\n");
  });

  it("leaves out a package whose code is not in the bundle", () => {
    const path = writePackage("node_modules/shaken", { license: "GPL-3.0" }, { LICENSE: "text" });
    expect(toLicensesText(toMetafile({ [path]: 0 }))).not.toContain("shaken");
  });

  it("has a notice beside the license", () => {
    const files = { LICENSE: "The license", "NOTICE.txt": "The notice", "license.js": "" };
    const path = writePackage("node_modules/noted", { license: "Apache-2.0" }, files);
    expect(toLicensesText(toMetafile({ [path]: 1 }))).toContain("The license\n\nThe notice\n");
  });

  it("says so if a package comes without the text", () => {
    const path = writePackage("node_modules/bare", { license: "MIT" });
    expect(toLicensesText(toMetafile({ [path]: 1 }))).toContain(
      "bare 1.2.3\nLicense: MIT\n\nMIT License (the package comes without the license's text)\n",
    );
  });

  it.each([
    ["(MIT OR GPL-3.0)", { license: "(MIT OR GPL-3.0)" }],
    ["MIT AND ISC", { license: "MIT AND ISC" }],
    ["BlueOak-1.0.0", { license: { type: "BlueOak-1.0.0" } }],
    ["MIT OR GPL-2.0", { licenses: [{ type: "MIT" }, { type: "GPL-2.0" }] }],
  ])("takes the license %s", (license, manifest) => {
    const path = writePackage("node_modules/fine", manifest, { LICENSE: "text" });
    expect(toLicensesText(toMetafile({ [path]: 1 }))).toContain(`License: ${license}\n`);
  });

  it.each(["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR GPL-3.0)", "(MIT OR ISC) AND GPL-3.0", "constructor"])(
    "refuses the license %s",
    (license) => {
      const path = writePackage("node_modules/copyleft", { license }, { LICENSE: "text" });
      expect(() => toLicensesText(toMetafile({ [path]: 1 }))).toThrow(
        `Cannot bundle "copyleft 1.2.3": license "${license}" is not allowed`,
      );
    },
  );

  it("refuses a package that names no license", () => {
    const path = writePackage("node_modules/silent", {}, { LICENSE: "text" });
    expect(() => toLicensesText(toMetafile({ [path]: 1 }))).toThrow(
      'Cannot bundle "silent 1.2.3": its package.json names no license',
    );
  });
});
