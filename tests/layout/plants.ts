import { edges, order } from "../../oxlint.config.ts";

/** Packages, and what lies below them. */
export const firestore = ["@google-cloud/firestore", "@google-cloud/firestore/build/src/index.js"];
export const admin = ["firebase-admin", "firebase-admin/firestore"];
export const functions = ["firebase-functions", "firebase-functions/v2/https"];
export const stripe = ["stripe", "stripe/esm/index.js"];

/** One line planted in a file. */
export interface Plant {
  file: string;
  line: string;
}

/** Plants in files, and where each of them ended up. */
export class Bed {
  readonly files = new Map<string, string[]>();

  /** Adds a plant, and answers with the number of its line. */
  plant({ file, line }: Plant): number {
    const lines = this.files.get(file) ?? [];
    this.files.set(file, lines);
    return lines.push(line);
  }
}

let count = 0;

/** An import of a value, and one of a type: a border is one for both. */
export function importsOf(file: string, specifier: string): Plant[] {
  count += 1;
  return [
    { file, line: `import { planted as value${count} } from "${specifier}";` },
    { file, line: `import type { Planted as Type${count} } from "${specifier}";` },
  ];
}

/** Imports of each path by each file. */
export function everyImport(files: readonly string[], specifiers: readonly string[]): Plant[] {
  return files.flatMap((file) => specifiers.flatMap((specifier) => importsOf(file, specifier)));
}

/** A new file in a room, one in a folder of the room, and the room's own file of documents. */
export function filesOf(room: string): string[] {
  return ["planted.ts", "folder/planted.ts", "db.ts"].map((name) => `functions/src/${room}/${name}`);
}

/** How a file imports from a folder or file of functions/src. */
export function toImports(file: string, targets: readonly string[]): Plant[] {
  const climb = "../".repeat(file.split("/").length - 3) || "./";
  return everyImport(
    [file],
    targets.map((target) => `${climb}${target}`),
  );
}

export function above(room: string): string[] {
  const line = order.findIndex((names) => names.includes(room));
  return order
    .slice(line)
    .flat()
    .filter((name) => name !== room);
}

export function below(room: string): string[] {
  const line = order.findIndex((names) => names.includes(room));
  return order.slice(0, line).flat();
}

export const planted = (name: string): string => `${name}/planted.ts`;
export const edgeFiles = [
  ...edges.map((edge) => `functions/src/${edge}/planted.ts`),
  "functions/src/router.ts",
];
