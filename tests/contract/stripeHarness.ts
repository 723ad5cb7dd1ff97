import { API_KEY, startKit, type Kit } from "../../local/stripe/testing/kit.ts";
import type { WebhookRequest } from "../../functions/src/adapters/paymentAdapter.ts";
import {
  CARDS,
  ControlClient,
  ControlRefusal,
  type FaultWanted,
  type PayBy,
} from "../../local/stripe/testing/controlClient.ts";
import { signWebhook } from "../kit/hosting/signature.ts";
import { buildStripeAdapter } from "../kit/stripe.ts";
import type { AdapterHarness, OperationFault, Operation, Payer, ProductWanted } from "./adapterContract.ts";

const ROUTES: Record<Exclude<Operation, "captureCheckout">, string> = {
  fetchProduct: "GET /v1/products/:id",
  ensureCustomer: "POST /v1/customers",
  createCheckout: "POST /v1/checkout/sessions",
  fetchCheckout: "GET /v1/checkout/sessions/:id",
  refund: "POST /v1/refunds",
};

/** The official SDK asks three times if nobody answers, and once if too many ask. */
const FAULTS: Record<OperationFault, Omit<FaultWanted, "route">> = {
  outage: { fault: "reset", times: 3 },
  rate_limit: { fault: "error", status: 429, times: 1 },
  lost_answer: { fault: "reset", when: "after", times: 3 },
};

const PAYERS: Record<Payer, PayBy> = {
  pays: { card: CARDS.good },
  waits: { method: "bank_debit" },
  fails: { method: "bank_debit" },
  is_turned_away: { card: CARDS.declined },
};

/** Local Stripe with the unmodified SDK, and the world around it. */
export class StripeHarness implements AdapterHarness {
  readonly methods = [
    "createPortal",
    "deleteCustomer",
    "endSubscription",
    "ensureCustomer",
    "expireCheckout",
    "fetchCheckoutLines",
    "fetchInvoice",
    "fetchInvoiceId",
    "fetchPrice",
    "fetchRefunds",
    "fetchSubscription",
    "listEvents",
    "refund",
    "setCancelAtPeriodEnd",
    "updateCustomer",
  ] as const;
  #started: Kit | undefined;

  get #kit(): Kit {
    if (!this.#started) throw new Error("Local Stripe was not started");
    return this.#started;
  }

  get #control(): ControlClient {
    return new ControlClient(this.#kit.server.url);
  }

  readonly start = async () => {
    this.#started = await startKit();
  };

  readonly stop = async () => {
    const faults = await this.#control.readFaults();
    await this.#kit.close();
    // One that has not happened would have meant that its test proved nothing.
    if (faults.length > 0) throw new Error(`Faults are left: ${JSON.stringify(faults)}`);
  };

  readonly createAdapter: AdapterHarness["createAdapter"] = ({ projectId, isKeyWrong = false }) =>
    buildStripeAdapter({
      url: this.#kit.server.url,
      apiKey: isKeyWrong ? "sk_test_key_wrong" : API_KEY,
      webhookSecret: this.#kit.receiver.secret,
      projectId,
    });

  readonly createProduct = async (wanted: ProductWanted) => await this.#createProduct(wanted);

  readonly withdrawProduct = async (productId: string) => {
    await this.#kit.stripe.products.update(productId, { active: false });
  };

  readonly pay = async (sessionId: string, payer: Payer) => {
    const isTurnedAway = await isDeclined(this.#control.pay(sessionId, PAYERS[payer]));
    if (isTurnedAway !== (payer === "is_turned_away"))
      throw new Error(`A payer who ${payer} was ${isTurnedAway ? "declined" : "accepted"}`);
    const { url, status } = await this.#kit.stripe.checkout.sessions.retrieve(sessionId);
    if (payer === "fails") await this.#settle(sessionId, "failed");
    if (status !== "complete") return url ?? "";
    // Submitted once more, the page of a complete checkout leads where the first time led.
    const page = `${this.#kit.server.url}/c/pay/${sessionId}`;
    const answer = await fetch(page, { method: "POST", redirect: "manual" });
    return answer.headers.get("location") ?? "";
  };

  readonly clear = async (sessionId: string) => await this.#settle(sessionId, "succeeded");

  readonly expire = async (sessionId: string) => void (await this.#control.expire(sessionId));

  readonly refundByMerchant: AdapterHarness["refundByMerchant"] = async (payment, { amountMinor }) => {
    await this.#control.refund(toIntentId(payment), { amount: amountMinor });
  };

  readonly failRefund = async (refundId: string) => void (await this.#control.failRefund(refundId));

  readonly breakNext = async (operation: Operation, fault: OperationFault) => {
    if (operation === "captureCheckout") throw new Error("Stripe has nothing to settle");
    await this.#control.addFault({ route: ROUTES[operation], ...FAULTS[fault] });
  };

  readonly webhooks: AdapterHarness["webhooks"] = {
    readReceived: () =>
      this.#kit.receiver.received.map(({ body, headers }) => ({ headers, rawBody: Buffer.from(body) })),
    sign: (body) => sign(body, this.#kit.receiver.secret),
    forge: (body) => sign(body, "whsec_of_somebody_else"),
    toUnknownType: (body) => JSON.stringify({ ...JSON.parse(body), type: "account.updated" }),
    toOtherMode: (body) => JSON.stringify({ ...JSON.parse(body), livemode: true }),
  };

  readonly customers = {
    remove: async (customerId: string) => void (await this.#kit.stripe.customers.del(customerId)),
  };

  readonly disputes: NonNullable<AdapterHarness["disputes"]> = {
    open: async (payment) => void (await this.#control.dispute(toIntentId(payment))),
    close: async (payment, outcome) => {
      const { data } = await this.#kit.stripe.disputes.list({ payment_intent: toIntentId(payment) });
      await this.#control.closeDispute(toId(data[0]), outcome);
    },
  };

  readonly recurring = {
    createPlan: async (wanted: ProductWanted) => await this.#createProduct(wanted, { interval: "month" }),
    credit: async (invoice: string, amount: number) => {
      await this.#kit.stripe.creditNotes.create({ invoice, amount, credit_amount: amount });
    },
  };

  async #createProduct(
    { unitAmount: unit_amount, currency, metadata }: ProductWanted,
    recurring?: { interval: "month" },
  ) {
    const product = await this.#kit.stripe.products.create({
      name: "Credits",
      default_price_data: { unit_amount, currency, ...(recurring && { recurring }) },
      metadata,
    });
    return { productId: product.id, priceId: toId(product.default_price) };
  }

  async #settle(sessionId: string, outcome: "succeeded" | "failed"): Promise<void> {
    const { payment_intent } = await this.#kit.stripe.checkout.sessions.retrieve(sessionId);
    await this.#control.settle(toId(payment_intent), outcome);
  }
}

async function isDeclined(paying: Promise<unknown>): Promise<boolean> {
  try {
    await paying;
    return false;
  } catch (error) {
    if (error instanceof ControlRefusal && error.status === 402) return true;
    throw error;
  }
}

function toId(reference: string | { id: string } | null | undefined): string {
  const id = typeof reference === "string" ? reference : reference?.id;
  if (id === undefined) throw new Error("Expected an id");
  return id;
}

function toIntentId({ providerData }: { providerData: Record<string, string> }): string {
  return providerData["paymentIntentId"] ?? "";
}

function sign(body: string, secret: string): WebhookRequest {
  return { rawBody: Buffer.from(body), headers: { "stripe-signature": signWebhook(body, { secret }) } };
}
