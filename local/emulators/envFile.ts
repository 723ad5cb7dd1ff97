import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Names and values of a dotenv file. */
export type Variables = Readonly<Record<string, string>>;

const escapes: Variables = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
};

/** A dotenv file as firebase-tools reads it: values with white space, quotes, "#" or a backslash are quoted. */
export function toEnvFile(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${toEnvValue(value)}\n`)
    .join("");
}

function toEnvValue(value: string): string {
  if (!/[\s\\'"#]/.test(value)) return value;
  return `"${value.replaceAll(/[\n\r\t\v\\'"]/g, (character) => escapes[character] ?? character)}"`;
}

/** The variables of a dotenv file; none if there is no file. */
export function readEnvFile(path: string): Variables {
  if (!existsSync(path)) return {};
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(readFileSync(path, "utf8"))))
    variables[name] = value ?? "";
  return variables;
}
