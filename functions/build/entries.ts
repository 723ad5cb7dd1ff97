/** What a module of `src` exports as deployed functions. */
export interface Entry {
  /** As `index.ts` names it, such as `./functions/verifyPayment.ts`. */
  readonly module: string;
  readonly names: readonly string[];
}

const reexport = /^export\s*\{([^{}]*)\}\s*from\s*"(\.[^"]+)";/;

/**
 * The deployed functions by module. `index.ts` may hold nothing but re-exports under the same names: anything else
 * would run in every function's process.
 */
export function parseEntries(source: string): Entry[] {
  const entries: Entry[] = [];
  let rest = source.trim();
  while (rest !== "") {
    const [statement, list, module] = reexport.exec(rest) ?? [];
    const names = list?.split(",").map((name) => name.trim());
    const known = names?.filter((name) => name !== "") ?? [];
    if (statement === undefined || module === undefined || !known.every(isIdentifier)) {
      throw new Error(
        `Cannot read the functions of index.ts: expected 'export { name } from "./…";' at ${quote(rest)}`,
      );
    }
    entries.push({ module, names: known });
    rest = rest.slice(statement.length).trim();
  }
  return entries;
}

/** A flat name for the module's file: `functions-verifyPayment`. */
export function toFileName({ module }: Entry): string {
  return module.replace(/^\.\//, "").replace(/\.ts$/, "").replaceAll("/", "-");
}

function isIdentifier(name: string): boolean {
  return /^[\w$]+$/.test(name);
}

function quote(text: string): string {
  return JSON.stringify(text.split("\n", 1)[0]);
}
