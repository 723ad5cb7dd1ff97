import { http, type HttpFunction } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join } from "node:path";
import { projectRoot } from "../../../local/paths.ts";

// A process of its own, see deployment.ts: the deployed entry point as it is, each of its HTTP functions on a server of
// Google's functions framework. Says their ports.

const outsidePort = Number(process.env["OUTSIDE_PORT"]);
// What goes out by HTTPS reaches the test's stand-in for Google, which has the public keys of the tokens, and nobody else.
Agent.prototype.createConnection = () => connect(outsidePort, "127.0.0.1");

// What `main` in its package.json names, as the platform finds it.
const deployed: Record<string, unknown> = createRequire(import.meta.url)(join(projectRoot, "functions"));
const ports: Record<string, number> = {};
for (const [name, served] of Object.entries(deployed)) {
  if (isHttpFunction(served)) ports[name] = await listen(name, served);
}
console.log(`Ports: ${JSON.stringify(ports)}`);

async function listen(name: string, served: HttpFunction): Promise<number> {
  http(name, served);
  const server = getTestServer(name).listen(0, "127.0.0.1");
  // Longer than any test waits between two requests, so that none meets a closing connection.
  server.keepAliveTimeout = 600_000;
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error(`Cannot serve "${name}": no port`);
  return address.port;
}

/** Callables and request handlers, not triggers: the manifest that firebase-functions attaches says which it is. */
function isHttpFunction(value: unknown): value is HttpFunction {
  if (typeof value !== "function") return false;
  const endpoint: unknown = Reflect.get(value, "__endpoint");
  if (typeof endpoint !== "object" || endpoint === null) return false;
  return "httpsTrigger" in endpoint || "callableTrigger" in endpoint;
}
