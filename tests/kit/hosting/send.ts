import http from "node:http";

/** What goes over the wire, as it is: `fetch` would repair some of it. */
export interface Message {
  /** POST when absent. */
  readonly method?: string;
  /** In place of the address's own path. */
  readonly path?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The sender was not answered: the process has ended, or takes longer than anybody waits. */
export class NoAnswer extends Error {}

// Idle connections end before Node's server would end them, which takes five seconds.
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, timeout: 3_000 });

/** One request over a connection that is kept, by the client that costs least. */
export async function send(
  url: string,
  message: Message,
  { timeoutMs }: { timeoutMs?: number } = {},
): Promise<Answer> {
  const { method = "POST", path, headers = {}, body = "" } = message;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const fail = (cause: Error): void => reject(new NoAnswer("No answer", { cause }));
  const options = {
    agent,
    method,
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    ...(path !== undefined && { path }),
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
  };
  const request = http.request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", fail);
    response.once("end", () => {
      const { statusCode: status = 0, headers: answered } = response;
      const contentType = answered["content-type"] ?? "";
      resolve({ status, contentType, body: Buffer.concat(chunks).toString() });
    });
  });
  request.once("error", fail);
  request.end(body);
  return await promise;
}

/** Returns the answer's body; fails with the answer unless its status is the expected one. */
export function requireStatus({ status, body }: Answer, expected: number, what: string): string {
  if (status === expected) return body;
  throw new Error(
    `Cannot go on after ${what}: expected status ${expected}, got ${status} ${body.slice(0, 500)}`,
  );
}
