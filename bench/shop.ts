import type { Stripe } from "stripe";
import type { CreatePaymentSessionResult } from "../functions/src/contract/calls.ts";
import { toCallBy, toPaymentWritten, toWebhook } from "../tests/kit/hosting/requests.ts";
import { requireStatus, send } from "../tests/kit/hosting/send.ts";
import { FunctionProcess, toDeployed } from "../tests/kit/hosting/functionProcess.ts";
import type { Backend } from "./backend/backend.ts";

/** A purchase as far as it went: its ids, and the event that tells of its payment. */
export interface Purchase {
  readonly uid: string;
  readonly sessionId: string;
  readonly paymentId: string;
  readonly event: Stripe.CheckoutSessionCompletedEvent;
}

/** The functions of a purchase, warm, and a product to buy. */
export interface Shop {
  readonly productId: string;
  readonly create: FunctionProcess;
  readonly verify: FunctionProcess;
  readonly webhook: FunctionProcess;
  readonly trigger: FunctionProcess;
  open(uid: string): Promise<CreatePaymentSessionResult>;
  /** Pays a session on the provider's page; nothing of ours hears of it. */
  pay(uid: string, sessionId: string): Promise<Purchase>;
  payAll(sessions: readonly { uid: string; sessionId: string }[]): Promise<Purchase[]>;
  deliver(event: object): Promise<void>;
  /** Wakes the credit trigger. */
  book(paymentId: string): Promise<void>;
  /** All of it, one after the other. */
  buy(uid: string): Promise<Purchase>;
  stop(): Promise<void>;
}

export async function openShop(backend: Backend): Promise<Shop> {
  const { projectId } = backend;
  const productId = await createProduct(backend);
  const [create, verify, webhook, trigger] = await Promise.all([
    FunctionProcess.start(toDeployed("createPaymentSession"), backend.environment),
    FunctionProcess.start(toDeployed("verifyPayment"), backend.environment),
    FunctionProcess.start(toDeployed("gateway"), backend.environment),
    FunctionProcess.start(toDeployed("onPaymentWritten"), backend.environment),
  ]);
  const open = async (uid: string): Promise<CreatePaymentSessionResult> => {
    const answer = await send(create.url, toCallBy({ productId }, { projectId, userId: uid }));
    const { result }: { result: CreatePaymentSessionResult } = JSON.parse(
      requireStatus(answer, 200, "createPaymentSession"),
    );
    return result;
  };
  const deliver = async (event: object): Promise<void> => {
    requireStatus(await send(`${webhook.url}/webhook/stripe`, toWebhook(event)), 200, "the webhook");
  };
  const book = async (paymentId: string): Promise<void> => {
    const answer = await send(trigger.url, toPaymentWritten(paymentId, projectId));
    requireStatus(answer, 204, "onPaymentWritten");
  };
  const payAll = async (sessions: readonly { uid: string; sessionId: string }[]): Promise<Purchase[]> => {
    for (const { sessionId } of sessions) await backend.control.pay(sessionId);
    const events = await readCompleted(backend, sessions.length);
    return sessions.map(({ uid, sessionId }) => {
      const event = events.get(sessionId);
      if (!event) throw new Error(`Cannot find the event of session "${sessionId}"`);
      return { uid, sessionId, paymentId: toPaymentId(event), event };
    });
  };
  const pay = async (uid: string, sessionId: string): Promise<Purchase> => {
    const [paid] = await payAll([{ uid, sessionId }]);
    if (!paid) throw new Error(`Cannot pay session "${sessionId}"`);
    return paid;
  };
  return {
    productId,
    create,
    verify,
    webhook,
    trigger,
    open,
    pay,
    payAll,
    deliver,
    book,
    async buy(uid) {
      const purchase = await pay(uid, (await open(uid)).sessionId);
      await deliver(purchase.event);
      await book(purchase.paymentId);
      return purchase;
    },
    async stop() {
      await Promise.all([create, verify, webhook, trigger].map((served) => served.kill()));
    },
  };
}

/** Puts a product on sale at Stripe; its first buyer brings it into the catalogue. */
async function createProduct({ stripe }: Backend): Promise<string> {
  const product = await stripe.products.create({
    name: "100 credits",
    default_price_data: { unit_amount: 500, currency: "usd" },
    metadata: { creditsAmount: "100" },
  });
  return product.id;
}

/** The newest events of paid sessions, by session. */
async function readCompleted(
  { stripe }: Backend,
  count: number,
): Promise<Map<string, Stripe.CheckoutSessionCompletedEvent>> {
  const events = new Map<string, Stripe.CheckoutSessionCompletedEvent>();
  for await (const event of stripe.events.list({ type: "checkout.session.completed", limit: 100 })) {
    if (event.type === "checkout.session.completed") events.set(event.data.object.id, event);
    if (events.size === count) break;
  }
  return events;
}

function toPaymentId({ data: { object: session } }: Stripe.CheckoutSessionCompletedEvent): string {
  const intent = session.payment_intent;
  return `stripe_${typeof intent === "string" ? intent : (intent?.id ?? session.id)}`;
}
