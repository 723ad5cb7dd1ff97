import { connectFirestore, suite } from "../kit/suite/harness.ts";
import { startLocalStripe } from "../../local/stripe/index.ts";
import { startOutside } from "../kit/hosting/outside.ts";
import { Deployment } from "../kit/hosting/deployment.ts";
import { createSigner, toIdClaims, toSigned } from "../kit/hosting/tokens.ts";
import type { Tokens } from "./calls.ts";
import type { Seeded } from "./model.ts";
import { openSession, seedTarget } from "./seed.ts";
import type { Secrets } from "./signatures.ts";
import { readChanges, readDocuments } from "./state.ts";

/** Everything the fuzzer attacks: a database, a Stripe account and the deployed functions, all its own. */
export interface Target {
  readonly deployed: Deployment;
  readonly seeded: Seeded;
  readonly tokens: Tokens;
  readonly secrets: Secrets;
  /** All documents, and all that was changed at Stripe. */
  readonly readState: () => Promise<object>;
  /** Opens a checkout as a user should: shows that the functions work. */
  readonly buy: () => Promise<unknown>;
  /** What must not be in the log, and is. */
  readonly findLeaks: () => string[];
  readonly close: () => Promise<void>;
}

/** How many users and admins ask: each may ask the provider so often a minute. */
const CALLERS = 250;
/** How every token begins, and one that is none. */
const TOKEN_PARTS = [Buffer.from('{"alg"').toString("base64url").slice(0, 8), "A".repeat(100)];
const MAIL_DOMAIN = "never-logged.example";

const secrets: Secrets = { apiKey: "sk_test_fuzz_secret_1", webhookSecret: "whsec_fuzz_secret_2" };

export async function openTarget(): Promise<Target> {
  const projectId = `${suite.projectId}-fuzz`;
  const { apiKey: stripeApiKey, webhookSecret } = secrets;
  const stripe = await startLocalStripe({ port: 0, apiKey: stripeApiKey, webhookEndpoints: [] });
  const outside = await startOutside();
  const { firestoreHost } = suite;
  const deployed = await Deployment.start({
    settings: { projectId, firestoreHost, stripeUrl: stripe.url, stripeApiKey, webhookSecret },
    outside,
  });
  const db = connectFirestore({ projectId });
  const toClaims = (uid: string, claims: object): object =>
    toIdClaims(projectId, uid, { email: `${uid}@${MAIL_DOMAIN}`, ...claims });
  const toToken: ToToken = (uid, claims = {}) => outside.google.sign(toClaims(uid, claims));
  const seeded = await seedTarget({ deployed, db, stripe, secrets, toToken });
  const tokens = toTokens(toToken, [
    createSigner(outside.google.kid).sign(toClaims(seeded.victimId, { admin: true })),
    `${toSigned(toClaims(seeded.victimId, { admin: true }), { alg: "none", kid: outside.google.kid })}.`,
  ]);
  return {
    deployed,
    seeded,
    tokens,
    secrets,
    readState: async () => ({ documents: await readDocuments(db), changes: await readChanges(stripe) }),
    buy: async () =>
      await openSession(deployed, { token: toToken("late_buyer"), productId: seeded.productId }),
    findLeaks() {
      const log = deployed.log;
      return [...Object.values(secrets), MAIL_DOMAIN, ...TOKEN_PARTS].filter((secret) =>
        log.includes(secret),
      );
    },
    async close() {
      await deployed.stop();
      await stripe.close();
      outside.close();
      await db.terminate();
    },
  };
}

/** Signs somebody in, with what else the token is to say. */
export type ToToken = (uid: string, claims?: object) => string;

function toTokens(toToken: ToToken, forged: readonly string[]): Tokens {
  const callers = Array.from({ length: CALLERS }, (_, index) => String(index));
  return {
    users: callers.map((index) => toToken(`user_${index}`)),
    almostAdmins: ["true", 1, {}, [true], null].flatMap((admin, kind) =>
      callers.slice(0, 20).map((index) => toToken(`almost_${kind}_${index}`, { admin })),
    ),
    admins: callers.map((index) => toToken(`admin_${index}`, { admin: true })),
    forged: [
      ...forged,
      toToken("victim", { admin: true, exp: 1 }),
      toToken("victim", { admin: true, aud: "another-project" }),
      "no.token.at-all",
      "A".repeat(8_000),
    ],
  };
}
