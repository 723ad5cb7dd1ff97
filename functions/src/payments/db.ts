import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { ProviderEvent } from "../adapters/paymentAdapter.ts";
import type { GatewayContext } from "../platform/context.ts";
import { parseDocument } from "../platform/document.ts";
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
} from "../contract/types.ts";

/** Longer than any provider repeats an event, see "Resend" in https://docs.stripe.com/webhooks */
const INBOX_MS = 90 * 86_400_000;
const MAX_ERROR_LENGTH = 1_000;
/** With the delays of `toDelayMs`, two to three days. */
const MAX_EVENT_ATTEMPTS = 14;

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

export async function readPayment(db: Firestore, paymentId: string): Promise<Payment | undefined> {
  return parsePayment(await paymentRef(db, paymentId).get());
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

/** Leaves what is there already alone. */
export async function createIfMissing(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
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
): Promise<{ attempts: number; status: "failed" | "dead" }> {
  const { provider, event, error, payload } = failed;
  const failedAt = now();
  const ref = webhookEventRef(db, { provider, eventId: event.eventId });
  return await db.runTransaction(async (transaction) => {
    const known = parseWebhookEvent(await transaction.get(ref));
    const entry = toInboxEntry(provider, event, { known, now: failedAt });
    const { attempts } = entry;
    const isDead = attempts >= MAX_EVENT_ATTEMPTS;
    const status = isDead ? "dead" : "failed";
    if (known?.status === "processed") return { attempts, status };
    writeWebhookEvent(transaction, ref, {
      ...entry,
      status,
      nextAttemptAt: isDead ? null : new Date(failedAt.getTime() + toDelayMs(attempts)),
      error: error instanceof Error ? error.message.slice(0, MAX_ERROR_LENGTH) : "Unknown error",
      payload,
    });
    return { attempts, status };
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
