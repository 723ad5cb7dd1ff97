import { onTestFinished } from "vitest";
import { PaymentAdapterFactory, type AdapterBuilder } from "../../../functions/src/adapters/factory.ts";
import type { WebhookRequest } from "../../../functions/src/adapters/paymentAdapter.ts";
import type { GatewayContext } from "../../../functions/src/options.ts";
import type { Caller } from "../../../functions/src/platform/caller.ts";
import type { HandledEvent } from "../../../functions/src/webhooks/dispatch.ts";
import { reconcilePayments } from "../../../functions/src/reconciliation/reconcile.ts";
import { createPaymentSession } from "../../../functions/src/checkout/createPaymentSession.ts";
import { verifyPayment } from "../../../functions/src/checkout/verifyPayment.ts";
import type { ReconciliationReport, VerifyPaymentResult } from "../../../functions/src/contract/calls.ts";
import { receiveWebhook } from "../../../functions/src/webhooks/receive.ts";
import { auditAccount } from "../../../functions/src/credits/credits.ts";
import { bookPayment } from "../../../functions/src/credits/bookPayment.ts";
import { suite } from "../../kit/suite/suite.ts";
import { toFirestore } from "../../kit/database.ts";
import { buildContext } from "../../kit/context.ts";
import { OrchardAdapter } from "./adapter.ts";
import { toItem } from "./harness.ts";
import type { Purse } from "./objects.ts";
import { OrchardServer } from "./server.ts";

export interface Sale {
  caller: Caller;
  sessionId: string;
}

/** Gateway with Orchard as its provider, over a Firestore database and an Orchard of its own. */
export class OrchardShop {
  readonly context: GatewayContext;
  readonly orchard: OrchardServer;
  readonly #clock: { offsetMs: number };
  #delivered = 0;

  private constructor(wired: {
    context: GatewayContext;
    orchard: OrchardServer;
    clock: { offsetMs: number };
  }) {
    this.context = wired.context;
    this.orchard = wired.orchard;
    this.#clock = wired.clock;
  }

  /** Open until the test ends. Orchard is the default provider; `toOthers` adds some for the shop's project. */
  static async open(toOthers?: (projectId: string) => Record<string, AdapterBuilder>): Promise<OrchardShop> {
    const clock = { offsetMs: 0 };
    const now = () => new Date(Date.now() + clock.offsetMs);
    const orchard = new OrchardServer(now);
    await orchard.start();
    const projectId = `demo-orchard-${crypto.randomUUID()}`;
    const db = toFirestore({ projectId, host: suite.firestoreHost });
    onTestFinished(async () => {
      await orchard.stop();
      await db.terminate();
    });
    const { url, apiKey } = orchard;
    const build = async () => new OrchardAdapter({ url, apiKey, projectId });
    const context = buildContext({
      db,
      adapters: new PaymentAdapterFactory(
        { orchard: build, ...toOthers?.(projectId) },
        { defaultProvider: "orchard" },
      ),
      projectId,
      redirects: { frontendUrl: "https://shop.example", allowedOrigins: [] },
      now,
    });
    return new OrchardShop({ context, orchard, clock });
  }

  advance(ms: number): void {
    this.#clock.offsetMs += ms;
  }

  /** Puts an item of 100 credits for 5.00 USD on sale. Returns its id. */
  sell({ unitAmount = 500, currency = "usd", maxQuantity = "1" } = {}): string {
    const item = toItem({ unitAmount, currency, metadata: { creditsAmount: "100", maxQuantity } });
    this.orchard.saveItem(item);
    return item.sku;
  }

  async checkOut({ productId = this.sell(), quantity = 1 } = {}): Promise<Sale> {
    const caller = { userId: crypto.randomUUID(), email: "buyer@shop.example" };
    const { sessionId } = await createPaymentSession(this.context, caller, { productId, quantity });
    return { caller, sessionId };
  }

  approve({ sessionId }: Sale, purse: Purse = "full"): void {
    this.orchard.orders.approve(sessionId, purse);
  }

  async verify({ caller, sessionId }: Sale): Promise<VerifyPaymentResult> {
    return await verifyPayment(this.context, caller, { sessionId });
  }

  /** A sale that is paid, and whose credits are booked. */
  async buy(): Promise<Sale & { paymentId: string }> {
    const sale = await this.checkOut();
    this.approve(sale);
    const { paymentId } = await this.verify(sale);
    if (paymentId === null) throw new Error(`Session "${sale.sessionId}" has no payment`);
    await this.settle(paymentId);
    return { ...sale, paymentId };
  }

  /** What the payment's trigger does. */
  async settle(paymentId: string | null): Promise<void> {
    await bookPayment(this.context, String(paymentId));
  }

  /** The notices that were posted since they were last taken. */
  takeNotices(): WebhookRequest[] {
    const taken = this.orchard.notices.posted.slice(this.#delivered);
    this.#delivered = this.orchard.notices.posted.length;
    return taken;
  }

  /** Delivers notices, those that were not delivered yet unless told which. */
  async deliver(notices: readonly WebhookRequest[] = this.takeNotices()): Promise<HandledEvent[]> {
    const taken: HandledEvent[] = [];
    for (const notice of notices) taken.push(await receiveWebhook(this.context, "orchard", notice));
    return taken;
  }

  /** One reconciliation, in which everything can be repaired. */
  async reconcile(): Promise<ReconciliationReport> {
    const failures: unknown[] = [];
    const report = await reconcilePayments(this.context, { onFailure: (failure) => failures.push(failure) });
    if (failures.length > 0) throw new AggregateError(failures, "Cannot reconcile everything");
    return report;
  }

  async readDocument(path: string): Promise<FirebaseFirestore.DocumentData | undefined> {
    return (await this.context.db.doc(path).get()).data();
  }

  /** The deltas of a user's ledger, and what they can spend; fails if their documents disagree. */
  async readCredits({ caller: { userId } }: Sale): Promise<{ deltas: number[]; available: number }> {
    const { outcome } = await auditAccount(this.context, userId);
    if (outcome !== "agrees") throw new Error(`The account of user "${userId}": ${outcome}`);
    const account = await this.readDocument(`subscriptions/${userId}`);
    const entries = await this.context.db.collection(`subscriptions/${userId}/entries`).orderBy("seq").get();
    return {
      deltas: entries.docs.map((entry) => entry.get("delta")),
      available: account?.["availableCredits"] ?? 0,
    };
  }
}
