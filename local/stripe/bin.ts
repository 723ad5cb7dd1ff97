#!/usr/bin/env node
import { DEFAULT_API_KEY, readArguments, USAGE, UsageError } from "./arguments.ts";
import { startLocalStripe } from "./index.ts";

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(toMessage(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** Starts the server, or shows how to; the server then runs until somebody asks it to stop. */
async function run(args: readonly string[]): Promise<void> {
  const { help, ...options } = readArguments(args);
  if (help) {
    console.log(USAGE);
    return;
  }
  const server = await startLocalStripe({ ...options, log: (message) => console.error(message) });
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => void server.close());
  console.log(`Local Stripe is ready at ${server.url}`);
  if (options.apiKey === DEFAULT_API_KEY) console.log(`  API key  ${DEFAULT_API_KEY}`);
  for (const { url, enabledEvents } of options.webhookEndpoints) {
    console.log(`  Webhook  ${url} (${enabledEvents?.join(", ") ?? "all events"})`);
  }
  console.log("Press Ctrl-C to stop");
}

function toMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  if (error.code === "EADDRINUSE") {
    return "Cannot start local Stripe: the port is taken, choose another one with --port (0 for a free one)";
  }
  if (error.code === "EACCES") {
    return "Cannot start local Stripe: the port is reserved, choose one above 1023 with --port";
  }
  return error.message;
}
