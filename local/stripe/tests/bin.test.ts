import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Stripe } from "stripe";
import { describe, expect, it, onTestFinished } from "vitest";
import { untilTrue } from "../testing/kit.ts";
import { Receiver } from "../testing/receiver.ts";

const BIN = fileURLToPath(new URL("../bin.ts", import.meta.url));

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

/** Starts the server; answers its address once it is printed. */
async function startReady(args: readonly string[]) {
  const child = start(["--port", "0", ...args]);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { child, url: new URL(url) };
  }
  throw new Error("Local Stripe ended before it was ready");
}

/** Runs it to its end. */
async function runToEnd(args: readonly string[]) {
  const child = start(args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return { code: Number(code), stdout, stderr: stderr.trim() };
}

function sdk(url: URL, apiKey: string): Stripe {
  return new Stripe(apiKey, {
    host: url.hostname,
    port: url.port,
    protocol: "http",
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

async function startReceiver(): Promise<Receiver> {
  const receiver = new Receiver();
  await receiver.start();
  onTestFinished(() => receiver.close());
  return receiver;
}

describe("the command", () => {
  it("serves the official SDK, with the key that it was given and no other", async () => {
    const { url } = await startReady(["--api-key", "sk_test_own"]);
    const product = await sdk(url, "sk_test_own").products.create({ name: "Credit pack" });
    expect(product).toMatchObject({ object: "product", name: "Credit pack" });
    await expect(sdk(url, "sk_test_local").products.list()).rejects.toThrow("Invalid API Key provided");
  });

  it("signs the events of each endpoint with its own secret, and sends it only what it asked for", async () => {
    const [all, some] = [await startReceiver(), await startReceiver()];
    const toAll = ["--webhook", all.url, "--secret", all.secret];
    const toSome = ["--webhook", some.url, "--secret", some.secret, "--events", "product.updated"];
    const { url } = await startReady([...toAll, ...toSome]);
    const stripe = sdk(url, "sk_test_local");
    const { id } = await stripe.products.create({ name: "Credit pack" });
    await stripe.products.update(id, { name: "Large credit pack" });
    await untilTrue(() => all.received.length === 2 && some.received.length === 1);
    expect(all.types().toSorted()).toStrictEqual(["product.created", "product.updated"]);
    expect(some.types()).toStrictEqual(["product.updated"]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends on %s, even with a connection open", async (signal) => {
    const { child, url } = await startReady([]);
    await sdk(url, "sk_test_local").products.list();
    child.kill(signal);
    expect(await once(child, "exit")).toStrictEqual([0, null]);
  });

  it("shows its options", async () => {
    const { code, stdout } = await runToEnd(["--help"]);
    expect(code).toBe(0);
    for (const option of ["--port", "--api-key", "--webhook", "--secret", "--events"]) {
      expect(stdout).toContain(option);
    }
  });

  it("names the remedy if its port is taken", async () => {
    const server = http.createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await runToEnd(["--port", String(port)]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "Cannot start local Stripe: the port is taken, choose another one with --port (0 for a free one)",
    );
  });

  it("refuses what it does not understand, in one line", async () => {
    expect(await runToEnd(["--prot", "1"])).toStrictEqual({
      code: 2,
      stdout: "",
      stderr: "Unknown option '--prot', see --help",
    });
  });
});
