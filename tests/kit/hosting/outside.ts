import { once } from "node:events";
import { createServer } from "node:http";
import { createSigner, type Signer } from "./tokens.ts";

/** Stands in for what the functions ask outside of this machine and Stripe: Google's servers with its public keys. */
export interface Outside {
  readonly port: number;
  /** Signs as Google does. */
  readonly google: Signer;
  /** Every request so far, as `host/path`. */
  readonly asked: string[];
  /** Whether it answers nothing but errors. */
  isDown: boolean;
  readonly close: () => void;
}

/** The addresses are those in firebase-admin: auth/token-verifier.js and app-check/token-verifier.js. */
const ID_TOKEN_KEYS = "www.googleapis.com/robot/v1/metadata/x509/securetoken@system.gserviceaccount.com";
const APP_CHECK_KEYS = "firebaseappcheck.googleapis.com/v1/jwks";

/** Keys are given out for `maxAgeSeconds`, after which they are asked for again. */
export async function startOutside({ maxAgeSeconds = 3600 } = {}): Promise<Outside> {
  const google = createSigner("google-1");
  const answers: ReadonlyMap<string, object> = new Map([
    [ID_TOKEN_KEYS, { [google.kid]: google.publicPem }],
    [APP_CHECK_KEYS, { keys: [google.publicJwk] }],
  ]);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const address = `${request.headers.host}${request.url}`;
    asked.push(address);
    const answer = outside.isDown ? undefined : answers.get(address);
    // Not 503, which the libraries try again for seconds.
    response.writeHead(answer ? 200 : 404, {
      "content-type": "application/json",
      "cache-control": `public, max-age=${maxAgeSeconds}`,
    });
    response.end(JSON.stringify(answer ?? { error: "unavailable" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("Cannot stand in for Google: no port");
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const outside: Outside = { port: address.port, google, asked, isDown: false, close };
  return outside;
}
