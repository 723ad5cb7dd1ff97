import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import * as z from "zod";

/** The file of the bundle with the licenses of the packages in it. */
export const LICENSES_FILE = "THIRD_PARTY_LICENSES.txt";

/** Licenses that allow passing on a bundle together with their text, by SPDX id. Source: https://spdx.org/licenses/ */
const allowedNames: ReadonlyMap<string, string> = new Map([
  ["0BSD", "BSD Zero Clause License"],
  ["Apache-2.0", "Apache License 2.0"],
  ["BlueOak-1.0.0", "Blue Oak Model License 1.0.0"],
  ["BSD-2-Clause", 'BSD 2-Clause "Simplified" License'],
  ["BSD-3-Clause", 'BSD 3-Clause "New" or "Revised" License'],
  ["CC0-1.0", "Creative Commons Zero v1.0 Universal"],
  ["ISC", "ISC License"],
  ["MIT", "MIT License"],
  ["Unlicense", "The Unlicense"],
]);

const HEADER = "The functions in this folder contain code of the following packages.";
const RULE = "-".repeat(80);

/** `license` is an SPDX expression, `texts` are the package's license and notice files. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly texts: readonly string[];
}

/**
 * The name, version, license and license text of every npm package with code in the bundle. Throws for a package
 * without a license, or with one that is not known to allow this.
 */
export function toLicensesText(metafile: Pick<Metafile, "outputs">): string {
  const sections = new Map<string, string>();
  for (const folder of toPackageFolders(metafile)) {
    const found = readPackage(folder);
    const title = `${found.name} ${found.version}`;
    sections.set(title, toSection(title, found));
  }
  const sorted = [...sections.keys()].toSorted().flatMap((title) => sections.get(title) ?? []);
  return `${[HEADER, ...sorted].join(`\n\n${RULE}\n\n`)}\n`;
}

/** The folders of packages that put bytes into an output. Packages that were only read are not passed on. */
function toPackageFolders({ outputs }: Pick<Metafile, "outputs">): Set<string> {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const paths = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));
  return new Set(
    paths.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? []),
  );
}

/** Packages older than SPDX expressions name a license as an object, or list several to choose from. */
const namedLicense = z.object({ type: z.string() }).transform(({ type }) => type);
const severalLicenses = z.array(namedLicense).transform((ids) => ids.join(" OR "));
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), namedLicense, severalLicenses]).optional(),
  licenses: severalLicenses.optional(),
});

function readPackage(folder: string): BundledPackage {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const { name, version, license, licenses } = manifest;
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:$|[.-])/i.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), "utf8").trim())
    .filter((text) => text !== "");
  return { name, version, license: license ?? licenses, texts };
}

function toSection(title: string, { license, texts }: BundledPackage): string {
  if (!license) throw new Error(`Cannot bundle "${title}": its package.json names no license`);
  const names = toAllowedNames(license);
  if (!names) throw new Error(`Cannot bundle "${title}": license "${license}" is not allowed`);
  const missing = `${names.join(", ")} (the package comes without the license's text)`;
  return [`${title}\nLicense: ${license}`, ...(texts.length > 0 ? texts : [missing])].join("\n\n");
}

/**
 * The names of the allowed licenses: of alternatives one must be allowed, of a combination all. An expression of both
 * is refused.
 */
function toAllowedNames(expression: string): string[] | undefined {
  const plain = expression.replace(/^\(([^()]*)\)$/, "$1");
  const alternatives = plain.split(" OR ");
  const combined = plain.split(" AND ");
  if (alternatives.length > 1 && combined.length > 1) return undefined;
  if (alternatives.length > 1) {
    const names = alternatives.flatMap((id) => allowedNames.get(id) ?? []);
    return names.length > 0 ? names.slice(0, 1) : undefined;
  }
  const names = combined.flatMap((id) => allowedNames.get(id) ?? []);
  return names.length === combined.length ? names : undefined;
}
