import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completedEvent, deliver } from "./events.ts";
import {
  createProduct,
  db,
  eventually,
  pauseWebhooks,
  pay,
  readAccount,
  signUp,
  suite,
  untilGranted,
} from "./harness.ts";

describe("the webhook while Firestore cannot be reached", () => {
  const firestore = createGate(suite.firestoreHost);
  let stopFunction: () => Promise<void>;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    stopFunction = await serveGateway(port, await firestore.listen());
    url = `http://127.0.0.1:${port}/webhook/stripe`;
  });

  afterAll(async () => {
    await stopFunction();
    firestore.close();
  });

  it("answers 500, and the next delivery completes the work", async () => {
    const user = await signUp();
    const { sessionId } = await user.functionProvider.run("createPaymentSession", {
      productId: await createProduct(),
    });
    await pauseWebhooks(sessionId);
    await pay(sessionId);
    const event = await completedEvent(sessionId);
    firestore.shut();
    expect(await deliver(event, { url })).toEqual({ status: 500, outcome: undefined });
    expect((await db.collection("webhook_events").doc(`stripe_${event.id}`).get()).exists).toBe(false);
    firestore.open();
    await eventually(async () => expect(await deliver(event, { url })).toMatchObject({ status: 200 }));
    await untilGranted(user, sessionId);
    expect((await readAccount(user.uid)).entries).toHaveLength(1);
  });
});

/** The built webhook on Google's functions framework: one process, whose way to Firestore the test holds. */
async function serveGateway(port: number, firestoreHost: string): Promise<() => Promise<void>> {
  const framework = new URL("main.js", import.meta.resolve("@google-cloud/functions-framework"));
  const server = spawn(process.execPath, [fileURLToPath(framework), "--target=gateway", `--port=${port}`], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "ignore",
    env: {
      ...process.env,
      GCLOUD_PROJECT: suite.projectId,
      FIREBASE_CONFIG: JSON.stringify({ projectId: suite.projectId }),
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      FUNCTIONS_EMULATOR: "true",
      STRIPE_API_BASE_URL: suite.stripeUrl,
      STRIPE_SECRET_KEY: suite.stripeApiKey,
      STRIPE_WEBHOOK_SECRET: suite.webhookSecret,
      FRONTEND_URL: suite.hostingUrl,
    },
  });
  await eventually(async () => await fetch(`http://127.0.0.1:${port}/`));
  return async () => {
    const exited = once(server, "exit");
    server.kill();
    await exited;
  };
}

/** A way to an address that can be shut: then connections break and new ones are refused. */
function createGate(address: string) {
  const sockets = new Set<Socket>();
  const [host = "", port = ""] = address.split(":");
  let isOpen = true;
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => sockets.delete(from));
    }
  });
  return {
    listen: async () => `127.0.0.1:${await listen(server)}`,
    open: () => {
      isOpen = true;
    },
    shut: () => {
      isOpen = false;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  return port;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("Cannot listen on a port");
  return address.port;
}
