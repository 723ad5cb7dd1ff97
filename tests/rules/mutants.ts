import { operations, type Operation } from "./cells.ts";

/** A copy of the rules with one thing wrong. */
export interface Mutant {
  readonly name: string;
  readonly rules: string;
  /** The collection whose rule was changed, or none if a rule was added for all. */
  readonly collection?: string;
  /** What is allowed or refused differently. */
  readonly changes: readonly Operation[];
}

interface Replacement {
  readonly line: string;
  readonly changes: readonly Operation[];
}

/**
 * Every mutant of the rules: each statement loosened, tightened, turned round and given to other operations, each
 * path widened, and rules added that open everything. Throws at a statement written in a way that would escape.
 */
export function toMutants(rules: string): Mutant[] {
  const lines = rules.split("\n");
  let collection = "";
  const ofLines = lines.flatMap((line, index) => {
    const code = line.replace(/\/\/.*/, "");
    const path = /^\s*match (\S+) \{$/.exec(code)?.[1];
    if (path !== undefined) collection = path.split("/").at(-2) ?? "";
    const replacements = path === undefined ? toChangedStatements(code) : toWidenedPaths(code);
    return replacements.map(({ line: changed, changes }) => ({
      name: `line ${index + 1}, ${collection}: ${changed.trim()}`,
      rules: lines.with(index, changed).join("\n"),
      collection,
      changes,
    }));
  });
  return [...ofLines, ...toAddedRules(lines)];
}

/** What is neither a path nor a statement: nothing of it decides anything. */
const frame = /^\s*(?:\}|rules_version = "2";|service cloud\.firestore \{)?\s*$/;

function toChangedStatements(line: string): Replacement[] {
  if (frame.test(line)) return [];
  const [, list, condition] = /^\s*allow ([a-z, ]+): if ([^;|]+);$/.exec(line) ?? [];
  if (list === undefined || condition === undefined) {
    throw new Error(`Cannot mutate the rules: "${line.trim()}" is not one plain statement a line`);
  }
  const allowed = operations.filter((operation) => list.split(", ").includes(operation));
  const others = operations.filter((operation) => !allowed.includes(operation));
  const conditions = [
    "true",
    "false",
    "request.auth != null",
    condition.replace("==", "!="),
    ...toFewer(condition.split(" && ")).map((fewer) => fewer.join(" && ")),
  ];
  return [
    ...conditions.map((changed) => ({ line: `allow ${list}: if ${changed};`, changes: allowed })),
    ...toFewer(allowed).map((fewer) => ({
      line: `allow ${fewer.join(", ")}: if ${condition};`,
      changes: allowed.filter((operation) => !fewer.includes(operation)),
    })),
    ...others.map((added) => ({
      line: `${line.trim()} allow ${added}: if ${toConditionOf(added, condition)};`,
      changes: [added],
    })),
  ];
}

/** The list with each of its items left out in turn; nothing if nothing would be left. */
function toFewer<T>(items: readonly T[]): T[][] {
  return items.length === 1 ? [] : items.map((_, index) => items.toSpliced(index, 1));
}

/** A document that is being created is the request's, not yet the database's. */
function toConditionOf(operation: Operation, condition: string): string {
  return operation === "create"
    ? condition.replaceAll(/(?<!\.)\bresource\b/g, "request.resource")
    : condition;
}

/** A path that also takes what lies below its documents, and one that also takes its namesakes deeper down. */
function toWidenedPaths(line: string): Replacement[] {
  if (line.includes("/databases/")) return [];
  const widened = [line.replace(/\} \{$/, "=**} {"), line.replace("match /", "match /{above=**}/")];
  return widened.map((changed) => ({ line: changed, changes: ["get", "list"] }));
}

function toAddedRules(lines: readonly string[]): Mutant[] {
  const conditions = ["request.auth != null", "request.auth.uid == resource.data.userId"];
  const last = lines.lastIndexOf("  }");
  return operations.flatMap((operation) =>
    conditions.map((condition) => {
      const added = `match /{any=**} { allow ${operation}: if ${toConditionOf(operation, condition)}; }`;
      return {
        name: `added: ${added}`,
        rules: lines.toSpliced(last, 0, added).join("\n"),
        changes: [operation],
      };
    }),
  );
}
