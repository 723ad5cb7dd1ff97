import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";

/** The address that everything local listens on. */
export const HOST = "127.0.0.1";

// Below the ranges that systems use for outgoing connections, and above the ports of well-known services.
const freeRange = { from: 20_000, to: 30_000 };

/** Fails with the name of every server whose port is taken. */
export async function requirePortsFree(ports: Readonly<Record<string, number>>): Promise<void> {
  const names = Object.keys(ports);
  const free = await Promise.all(Object.values(ports).map(isPortFree));
  const taken = names.filter((_, index) => free[index] === false);
  if (taken.length > 0)
    throw new Error(toTakenMessage(taken.map((name) => ({ name, port: ports[name] ?? 0 }))));
}

/** What to tell people whose ports are taken. */
export function toTakenMessage(taken: readonly { name: string; port: number }[]): string {
  const list = taken.map(({ name, port }) => `port ${port} (${name})`).join(", ");
  return `Cannot start: ${list} ${taken.length === 1 ? "is" : "are"} taken by another program`;
}

// Each process begins at another port, so that two of them hardly ever choose the same one at the same time.
let nextPort = randomInt(freeRange.from, freeRange.to);

/** Finds a port on which nothing listens; each call finds another one. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = nextPort;
    nextPort = port + 1 < freeRange.to ? port + 1 : freeRange.from;
    if (await isPortFree(port)) return port;
  }
}

/**
 * Whether a server could listen on the port of 127.0.0.1. It also tries to connect, since some systems allow two
 * listeners on a port if one of them listens on all addresses.
 */
export async function isPortFree(port: number): Promise<boolean> {
  return !(await isAnswering(port)) && (await isListenable(port));
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function isListenable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: HOST, port }, () => server.close(() => resolve(true)));
  });
}
