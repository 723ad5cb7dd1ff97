import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { findFreePort, HOST, isPortFree, requirePortsFree, toTakenMessage } from "./ports.ts";

describe("requirePortsFree", () => {
  it("names the port that is taken and what it was for", async () => {
    const taken = await listenOnce(HOST);
    const free = await findFreePort();
    await expect(requirePortsFree({ hosting: free, firestore: taken })).rejects.toThrow(
      `Cannot start: port ${taken} (firestore) is taken by another program`,
    );
  });

  it("accepts ports that are free", async () => {
    await expect(
      requirePortsFree({ hosting: await findFreePort(), auth: await findFreePort() }),
    ).resolves.toBeUndefined();
  });
});

describe("isPortFree", () => {
  it("sees a server that listens on all addresses", async () => {
    expect(await isPortFree(await listenOnce("0.0.0.0"))).toBe(false);
  });
});

describe("toTakenMessage", () => {
  it("lists all of several", () => {
    const taken = [
      { name: "hosting", port: 5000 },
      { name: "local Stripe", port: 12_111 },
    ];
    expect(toTakenMessage(taken)).toBe(
      "Cannot start: port 5000 (hosting), port 12111 (local Stripe) are taken by another program",
    );
  });
});

describe("findFreePort", () => {
  it("never gives a port twice", async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, () => findFreePort()));
    expect(new Set(ports).size).toBe(20);
  });
});

async function listenOnce(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return toPort(server.address());
}

function toPort(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("Expected a TCP port");
  return address.port;
}
