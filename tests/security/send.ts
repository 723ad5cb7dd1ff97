import { Agent, request } from "node:http";
import type { OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

/** What goes over the wire, as it is: `fetch` would repair some of it. */
export interface Message {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Whoever waits longer than this for a refusal was made to wait by what he sent. */
const LIMIT_MS = 10_000;

const agent = new Agent({ keepAlive: true });

/** One request to a server on this machine, and its answer. */
export async function send(port: number, message: Message): Promise<Answer> {
  const { method = "POST", path = "/", headers = {}, body = "" } = message;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const outgoing = request(
    {
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      agent,
      signal,
    },
    (incoming) => {
      const { statusCode: status = 0, headers: answered } = incoming;
      text(incoming).then(
        (answer) => resolve({ status, contentType: answered["content-type"] ?? "", body: answer }),
        reject,
      );
    },
  );
  outgoing.once("error", reject);
  outgoing.end(body);
  return await promise;
}

/** A callable's call, as Firebase's client SDKs make it. */
export function toCall(data: unknown, { token }: { token?: string | undefined } = {}): Message {
  return {
    headers: {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ data }),
  };
}
