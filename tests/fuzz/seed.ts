import { expect } from "vitest";
import { z } from "zod";
import { ControlClient } from "../../local/stripe/testing/controlClient.ts";
import { toId } from "../kit/suite/harness.ts";
import type { LocalStripe } from "../../local/stripe/index.ts";
import { toCall } from "../kit/hosting/requests.ts";
import type { Deployment } from "../kit/hosting/deployment.ts";
import { signWebhook } from "../kit/hosting/signature.ts";
import { buildProduct } from "../kit/products.ts";
import { connectStripe } from "../kit/stripe.ts";
import type { Seeded } from "./model.ts";
import type { Secrets } from "./signatures.ts";

/** Signs a user in; `claims` are added to their token. */
export type ToToken = (uid: string, claims?: object) => string;

interface Place {
  readonly deployed: Deployment;
  readonly db: FirebaseFirestore.Firestore;
  readonly stripe: LocalStripe;
  readonly secrets: Secrets;
  readonly toToken: ToToken;
}

const PAID_AMOUNT = 500;

/** Lets a user buy something and get credits of an admin, by the functions' own means. */
export async function seedTarget({ deployed, db, stripe, secrets, toToken }: Place): Promise<Seeded> {
  const sdk = connectStripe({ url: stripe.url, apiKey: secrets.apiKey });
  const product = await sdk.products.create(
    buildProduct({ unitAmount: PAID_AMOUNT, currency: "eur", maxQuantity: "999" }),
  );
  const victimId = "victim";
  const sessionId = await openSession(deployed, { token: toToken(victimId), productId: product.id });
  await new ControlClient(stripe.url).pay(sessionId);
  const { data } = await sdk.events.list({ type: "checkout.session.completed" });
  await deliver(deployed, { body: JSON.stringify(data[0]), secret: secrets.webhookSecret });
  const grant = { userId: victimId, amount: 5, key: "given-1", reason: "Before the fuzzer" };
  const admin = toToken("admin", { admin: true });
  expect(await deployed.send("grantCredits", toCall(grant, { token: admin }))).toMatchObject({ status: 200 });
  const { docs } = await db.collection("payments").get();
  return {
    victimId,
    productId: product.id,
    priceId: toId(product.default_price),
    sessionId,
    paymentId: toId(docs[0]),
    paidAmount: PAID_AMOUNT,
    grantKey: grant.key,
  };
}

const sessionSchema = z.object({ result: z.object({ sessionId: z.string() }) });

export async function openSession(
  deployed: Deployment,
  { token, productId }: { token: string; productId: string },
): Promise<string> {
  // As Android and iOS write a whole number.
  const quantity = { "@type": "type.googleapis.com/google.protobuf.Int64Value", value: "1" };
  const { status, body } = await deployed.send(
    "createPaymentSession",
    toCall({ productId, quantity }, { token }),
  );
  expect(status, body).toBe(200);
  return sessionSchema.parse(JSON.parse(body)).result.sessionId;
}

async function deliver(
  deployed: Deployment,
  { body, secret }: { body: string; secret: string },
): Promise<void> {
  const headers = { "content-type": "application/json", "stripe-signature": signWebhook(body, { secret }) };
  const answer = await deployed.send("gateway", { path: "/webhook/stripe", headers, body });
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining("processed") });
}
