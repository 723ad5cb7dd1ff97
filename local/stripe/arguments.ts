import { parseArgs } from "node:util";
import type { WebhookEndpoint } from "./index.ts";

/** What a command line asks for. */
export interface Arguments {
  help: boolean;
  port: number;
  apiKey: string;
  webhookEndpoints: WebhookEndpoint[];
}

/** A command line that cannot be understood; the message says what to write instead. */
export class UsageError extends Error {}

const DEFAULT_PORT = 12_111;
export const DEFAULT_API_KEY = "sk_test_local";

export const USAGE = `Local Stripe: a server that stands in for Stripe's API

Usage: node local/stripe/bin.ts [options]

  --port <number>     The port to listen on, 0 for a free one (default ${DEFAULT_PORT})
  --api-key <key>     The secret key that callers must use (default ${DEFAULT_API_KEY})
  --webhook <url>     Sends events to a URL; may be given several times
  --secret <secret>   Signs the events of the --webhook before it
  --events <types>    Sends only these types to the --webhook before it, separated by commas (default: all)
  --help              Shows this text`;

/**
 * Reads a command line. `--secret` and `--events` belong to the `--webhook` before them.
 *
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): Arguments {
  const { values, tokens } = parse(args);
  return {
    help: values.help ?? false,
    port: toPort(values.port ?? String(DEFAULT_PORT)),
    apiKey: toApiKey(values["api-key"] ?? DEFAULT_API_KEY),
    webhookEndpoints: toEndpoints(tokens),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string" },
        "api-key": { type: "string" },
        webhook: { type: "string", multiple: true },
        secret: { type: "string", multiple: true },
        events: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
      tokens: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [reason = error.message] = error.message.split(". ");
    throw new UsageError(`${reason}, see --help`, { cause: error });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`Invalid --port "${text}": expected a whole number from 0 to 65535`);
}

function toApiKey(key: string): string {
  if (/^[rs]k_live_/.test(key)) {
    throw new UsageError(
      `Invalid --api-key: expected a test key such as "${DEFAULT_API_KEY}", not a live key`,
    );
  }
  if (/^\S+$/.test(key)) return key;
  throw new UsageError(`Invalid --api-key: expected a key without white space such as "${DEFAULT_API_KEY}"`);
}

/** An endpoint as far as it has been read. */
interface Draft {
  url: string;
  secret?: string;
  events?: string;
}

function toEndpoints(tokens: ReturnType<typeof parse>["tokens"]): WebhookEndpoint[] {
  const drafts: Draft[] = [];
  for (const token of tokens) {
    if (token.kind !== "option" || token.value === undefined) continue;
    const { name, value } = token;
    if (name === "webhook") drafts.push({ url: toUrl(value) });
    else if (name === "secret" || name === "events") setOnce(drafts.at(-1), name, value);
  }
  return drafts.map(toEndpoint);
}

function setOnce(draft: Draft | undefined, name: "secret" | "events", value: string): void {
  if (draft === undefined) throw new UsageError(`Misplaced --${name}: put it after its --webhook <url>`);
  if (draft[name] !== undefined) {
    throw new UsageError(`Repeated --${name} of --webhook ${draft.url}: give it once`);
  }
  draft[name] = value;
}

function toEndpoint({ url, secret, events }: Draft): WebhookEndpoint {
  if (secret === undefined || secret === "") {
    throw new UsageError(
      `Missing secret of --webhook ${url}: add --secret <secret> after it, such as --secret whsec_local`,
    );
  }
  return events === undefined ? { url, secret } : { url, secret, enabledEvents: toEventTypes(events) };
}

function toUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text;
  throw new UsageError(`Invalid --webhook "${text}": expected a URL such as http://127.0.0.1:5001/webhook`);
}

function toEventTypes(text: string): string[] {
  const types = text.split(",").map((type) => type.trim());
  if (types.every((type) => /^[a-z_]+(?:\.[a-z_]+)+$/.test(type))) return types;
  throw new UsageError(
    `Invalid --events "${text}": expected types separated by commas, such as charge.refunded,charge.failed`,
  );
}
