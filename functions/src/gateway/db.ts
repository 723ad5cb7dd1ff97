import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import { z } from "zod";
import type { ProviderEvent } from "./adapters/types.ts";
import type { GatewayContext } from "./context.ts";
import { parseDocument } from "./document.ts";
import {
  creditablePaymentSchema,
  paymentSchema,
  paymentSessionSchema,
  productSchema,
  webhookEventSchema,
  type CreditablePayment,
  type Payment,
  type PaymentSession,
  type Product,
  type WebhookEvent,
} from "./types.ts";

/** Longer than any provider repeats an event, see "Resend" in https://docs.stripe.com/webhooks */
const INBOX_MS = 90 * 86_400_000;
const MAX_ERROR_LENGTH = 1_000;
/** With the delays of `toDelayMs`, two to three days. */
const MAX_EVENT_ATTEMPTS = 14;

const customerSchema = z.object({
  /** By provider. `email` is the one the provider was told last. */
  providers: z.record(z.string(), z.object({ customerId: z.string(), email: z.string().nullable() })),
});
export type Customer = z.infer<typeof customerSchema>["providers"][string];

export function sessionRef(db: Firestore, sessionId: string): DocumentReference {
  return db.collection("payment_sessions").doc(sessionId);
}

export function paymentRef(db: Firestore, paymentId: string): DocumentReference {
  return db.collection("payments").doc(paymentId);
}

export function productRef(db: Firestore, productId: string): DocumentReference {
  return db.collection("products").doc(productId);
}

export function webhookEventRef(
  db: Firestore,
  event: { provider: string; eventId: string },
): DocumentReference {
  return db.collection("webhook_events").doc(`${event.provider}_${event.eventId}`);
}

function customerRef(db: Firestore, userId: string): DocumentReference {
  return db.collection("customers").doc(userId);
}

export function parseSession(snapshot: DocumentSnapshot): PaymentSession | undefined {
  return parseDocument(snapshot, paymentSessionSchema);
}

export function parsePayment(snapshot: DocumentSnapshot): Payment | undefined {
  return parseDocument(snapshot, paymentSchema);
}

export function parseCreditablePayment(snapshot: DocumentSnapshot): CreditablePayment | undefined {
  return parseDocument(snapshot, creditablePaymentSchema);
}

export function parseProduct(snapshot: DocumentSnapshot): Product | undefined {
  return parseDocument(snapshot, productSchema);
}

export function parseWebhookEvent(snapshot: DocumentSnapshot): WebhookEvent | undefined {
  return parseDocument(snapshot, webhookEventSchema);
}

export async function readSession(db: Firestore, sessionId: string): Promise<PaymentSession | undefined> {
  return parseSession(await sessionRef(db, sessionId).get());
}

export async function readPayment(db: Firestore, paymentId: string): Promise<Payment | undefined> {
  return parsePayment(await paymentRef(db, paymentId).get());
}

/** What a purchase begins with, in one read: the user as the provider's customer, and the product. */
export async function readBuyerAndProduct(
  db: Firestore,
  wanted: { userId: string; provider: string; productId: string },
): Promise<{ customer: Customer | undefined; product: Product | undefined }> {
  const [customer, product] = await db.getAll(
    customerRef(db, wanted.userId),
    productRef(db, wanted.productId),
  );
  const known = product && parseProduct(product);
  return {
    customer: customer && parseDocument(customer, customerSchema)?.providers[wanted.provider],
    product: known?.provider === wanted.provider ? known : undefined,
  };
}

export async function readCustomer(
  db: Firestore,
  { userId, provider }: { userId: string; provider: string },
): Promise<Customer | undefined> {
  return parseDocument(await customerRef(db, userId).get(), customerSchema)?.providers[provider];
}

export async function saveCustomer(
  db: Firestore,
  saved: { userId: string; provider: string; customer: Customer; now: Date },
): Promise<void> {
  const { userId, provider, customer, now } = saved;
  const ref = customerRef(db, userId);
  await db.runTransaction(async (transaction) => {
    const known = await transaction.get(ref);
    const createdAt: unknown = known.get("createdAt") ?? now;
    const document = { userId, providers: { [provider]: customer }, createdAt, updatedAt: now };
    transaction.set(ref, document, { merge: true });
  });
}

/** Of these products, those in the catalogue, by id. */
export async function readProducts(
  db: Firestore,
  productIds: readonly string[],
): Promise<Map<string, Product>> {
  if (productIds.length === 0) return new Map();
  const found = await db.getAll(...productIds.map((productId) => productRef(db, productId)));
  return new Map(
    found.flatMap((snapshot): [string, Product][] => {
      const product = parseProduct(snapshot);
      return product ? [[snapshot.id, product]] : [];
    }),
  );
}

/** Leaves a session alone that is there already: a webhook or a repeated call may have been faster. */
export async function createSessionIfMissing(
  db: Firestore,
  sessionId: string,
  session: PaymentSession,
): Promise<void> {
  try {
    await sessionRef(db, sessionId).create(session);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/**
 * Keeps the verified payload of an event whose work failed, unless another delivery has done the work meanwhile. Each
 * failure doubles the delay until the next attempt; the last one marks the event dead.
 */
export async function saveFailedEvent(
  { db, now }: Pick<GatewayContext, "db" | "now">,
  failed: { provider: string; event: ProviderEvent; error: unknown; payload: string },
): Promise<void> {
  const { provider, event, error, payload } = failed;
  const failedAt = now();
  const ref = webhookEventRef(db, { provider, eventId: event.eventId });
  await db.runTransaction(async (transaction) => {
    const known = parseWebhookEvent(await transaction.get(ref));
    if (known?.status === "processed") return;
    const entry = toInboxEntry(provider, event, { known, now: failedAt });
    const isDead = entry.attempts >= MAX_EVENT_ATTEMPTS;
    writeWebhookEvent(transaction, ref, {
      ...entry,
      status: isDead ? "dead" : "failed",
      nextAttemptAt: isDead ? null : new Date(failedAt.getTime() + toDelayMs(entry.attempts)),
      error: error instanceof Error ? error.message.slice(0, MAX_ERROR_LENGTH) : "Unknown error",
      payload,
    });
  });
}

/** One minute, doubled with each attempt, half a day at the most. */
function toDelayMs(attempts: number): number {
  return Math.min(2 ** (attempts - 1), 720) * 60_000;
}

/** The inbox entry for one more attempt at an event. */
export function toInboxEntry(
  provider: string,
  event: ProviderEvent,
  { known, now }: { known: WebhookEvent | undefined; now: Date },
): Omit<WebhookEvent, "status" | "error" | "payload" | "nextAttemptAt"> {
  return {
    provider,
    eventId: event.eventId,
    type: event.type,
    attempts: (known?.attempts ?? 0) + 1,
    expireAt: new Date(now.getTime() + INBOX_MS),
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
}

function writeWebhookEvent(transaction: Transaction, ref: DocumentReference, event: WebhookEvent): void {
  transaction.set(ref, event);
}

/** The gRPC status ALREADY_EXISTS. Source: https://grpc.io/docs/guides/status-codes/ */
function isAlreadyExists(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 6;
}
