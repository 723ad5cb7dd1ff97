import http from "node:http";

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

// Idle connections end before Node's server would end them, which takes five seconds.
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, timeout: 3_000 });

/** A POST over a connection that is kept, by the client that costs least. */
export async function post(
  url: string,
  { body, headers }: { body: string | Uint8Array; headers: Readonly<Record<string, string>> },
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const length = String(Buffer.byteLength(body));
  const options = { agent, method: "POST", headers: { ...headers, "content-length": length } };
  const request = http.request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", reject);
    response.once("end", () =>
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
    );
  });
  request.once("error", reject);
  request.end(body);
  return await promise;
}

/** Fails with the answer unless it is the expected one. */
export function requireStatus({ status, body }: HttpAnswer, expected: number, what: string): string {
  if (status === expected) return body;
  throw new Error(`Cannot measure ${what}: expected status ${expected}, got ${status} ${body.slice(0, 500)}`);
}
