import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FunctionProcess, toDeployed } from "../kit/hosting/functionProcess.ts";
import { completedEvent, deliver } from "../kit/suite/events.ts";
import { control, db, pauseWebhooks, readAccount, suite, untilGranted } from "../kit/suite/harness.ts";
import { toEnvironment } from "../kit/hosting/environment.ts";
import { eventually } from "../kit/eventually.ts";
import { open } from "../kit/suite/situations.ts";

describe("the webhook while Firestore cannot be reached", () => {
  const firestore = createGate(suite.firestoreHost);
  let gateway: FunctionProcess;
  let url: string;

  beforeAll(async () => {
    const firestoreHost = await firestore.listen();
    gateway = await FunctionProcess.start(toDeployed("gateway"), toEnvironment({ ...suite, firestoreHost }));
    url = `${gateway.url}/webhook/stripe`;
  });

  afterAll(async () => {
    await gateway.kill();
    firestore.close();
  });

  it("answers 500, and the next delivery completes the work", async () => {
    const { user, sessionId } = await open();
    await pauseWebhooks(sessionId);
    await control.pay(sessionId);
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

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("Cannot listen on a port");
  return address.port;
}
