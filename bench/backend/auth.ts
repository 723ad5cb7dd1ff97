import { once } from "node:events";
import http from "node:http";
import { json } from "node:stream/consumers";
import { HOST } from "../../local/ports.ts";

export interface AuthServer {
  /** `host:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * As much of an Auth emulator as firebase-admin asks before it accepts a token that nobody signed: it knows every user.
 * In Google's cloud the first token costs a request as well, for the keys.
 */
export async function startAuth(): Promise<AuthServer> {
  const server = http.createServer((request, response) => void answer(request, response));
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot serve Auth: no port");
  return {
    host: `${HOST}:${address.port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { localId = [] }: { localId?: string[] } = Object(await json(request));
  const users = localId.map((id) => ({ localId: id }));
  response.setHeader("content-type", "application/json").end(JSON.stringify({ users }));
}
