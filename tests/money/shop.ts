import { createPaymentSession } from "../../functions/src/checkout/createPaymentSession.ts";
import { bookPayment } from "../../functions/src/credits/bookPayment.ts";
import { auditAccount, spendCredits } from "../../functions/src/credits/credits.ts";
import { receiveWebhook } from "../../functions/src/webhooks/receive.ts";
import type { Stripe } from "stripe";
import { CARDS, type ProviderEvent } from "../../local/stripe/testing/controlClient.ts";
import { toBillingMode } from "../histories/billing.ts";
import type { Behavior, Billing } from "../histories/billingSteps.ts";
import { History } from "../histories/history.ts";
import { suite } from "../kit/suite/suite.ts";

export type { Behavior, Billing } from "../histories/billingSteps.ts";

export interface Plan {
  productId: string;
  priceId: string;
}

export interface NewPlan {
  credits: number | undefined;
  /** Minor units. */
  unitAmount: number;
  currency?: string;
  /** Minor units by currency. */
  currencyOptions?: Record<string, number>;
  interval?: "month" | "year";
  metadata?: Record<string, string>;
}

export interface Subscribing {
  billing?: Billing;
  coupon?: string | undefined;
  quantity?: number;
  /** The one the buyer pays in, if it is not the price's. */
  currency?: string;
  trialDays?: number;
  /** The user whose customer pays, if it is another one. */
  payerId?: string;
}

const PERIOD_SECONDS = 31 * 86_400;

/**
 * One merchant's account and database, in which time stands still but for what a test lets pass, and every event is
 * delivered, in its order, before anything is asked.
 */
export class MoneyShop {
  readonly history: History;
  /** Payments that were written before are booked. */
  #settledAt = new Date(0);

  private constructor(history: History) {
    this.history = history;
  }

  /** With test keys, unless another key is named. */
  static async open({ apiKey }: { apiKey?: string } = {}): Promise<MoneyShop> {
    const databaseId = `money-${crypto.randomUUID()}`;
    const { projectId, firestoreHost: host } = suite;
    return new MoneyShop(await History.create({ projectId, host, databaseId }, apiKey));
  }

  get stripe(): Stripe {
    return this.history.stripe;
  }

  async close(): Promise<void> {
    await this.history.close();
  }

  async sell({ interval = "month", ...wanted }: NewPlan): Promise<Plan> {
    return await this.#create(wanted, { recurring: { interval } });
  }

  async #create(
    wanted: Omit<NewPlan, "interval">,
    recurrence: Pick<Stripe.ProductCreateParams.DefaultPriceData, "recurring">,
  ): Promise<Plan> {
    const { credits, unitAmount, currency = "usd", currencyOptions = {}, metadata } = wanted;
    const options = Object.entries(currencyOptions).map(([name, amount]) => [name, { unit_amount: amount }]);
    const { id: productId, default_price: price } = await this.stripe.products.create({
      name: "Plan",
      default_price_data: {
        unit_amount: unitAmount,
        currency,
        ...recurrence,
        ...(options.length > 0 && { currency_options: Object.fromEntries(options) }),
      },
      metadata: { ...(credits !== undefined && { creditsAmount: String(credits) }), ...metadata },
    });
    return { productId, priceId: toId(price) };
  }

  /** Buys a plan in a checkout of ours, or one that was changed as a merchant could have made it without Gateway. */
  async subscribe(userId: string, plan: Plan, wanted: Subscribing = {}): Promise<string> {
    const { quantity = 1, ...otherwise } = wanted;
    const caller = { userId, email: undefined };
    const { sessionId } = await createPaymentSession(this.history.context, caller, { ...plan, quantity });
    const ours = await this.stripe.checkout.sessions.retrieve(sessionId);
    const isOurs = Object.values(otherwise).every((value) => value === undefined || value === "itemized");
    const paid = isOurs ? ours : await this.#reopen(ours, plan, { quantity, ...otherwise });
    await this.history.control.pay(paid.id);
    const { subscription } = await this.stripe.checkout.sessions.retrieve(paid.id);
    return toId(subscription);
  }

  /** A session with the same order that the merchant made otherwise. */
  async #reopen(
    { metadata, customer }: Stripe.Checkout.Session,
    plan: Plan,
    { billing = "itemized", coupon, quantity = 1, currency, trialDays, payerId }: Subscribing,
  ): Promise<Stripe.Checkout.Session> {
    const payer = payerId === undefined ? customer : await this.#readCustomer(payerId, plan);
    return await this.stripe.checkout.sessions.create({
      mode: "subscription",
      ...(payer && { customer: toId(payer) }),
      line_items: [{ price: plan.priceId, quantity }],
      success_url: "https://app.example/",
      metadata: metadata ?? {},
      ...(coupon !== undefined && { discounts: [{ coupon }] }),
      ...(currency !== undefined && { currency }),
      subscription_data: {
        metadata: metadata ?? {},
        billing_mode: toBillingMode(billing),
        ...(trialDays !== undefined && { trial_period_days: trialDays }),
      },
    });
  }

  /** The customer of a user who has opened a checkout of ours. */
  async #readCustomer(userId: string, plan: Plan): Promise<Stripe.Checkout.Session["customer"]> {
    const opened = await createPaymentSession(this.history.context, { userId, email: undefined }, plan);
    const { customer } = await this.stripe.checkout.sessions.retrieve(opened.sessionId);
    return customer;
  }

  /** A product that is bought once. */
  async sellOnce(wanted: Omit<NewPlan, "interval">): Promise<Plan> {
    return await this.#create(wanted, {});
  }

  /** Buys it, in another currency than the price's and with a promotion code if wanted. Returns the session's id. */
  async buyOnce(
    userId: string,
    pack: Plan,
    { quantity = 1, code, currency }: { quantity?: number; code?: string; currency?: string } = {},
  ): Promise<string> {
    const caller = { userId, email: undefined };
    const { context, control } = this.history;
    const { sessionId, url } = await createPaymentSession(context, caller, { ...pack, quantity });
    if (currency !== undefined) await control.selectCurrency(sessionId, currency);
    if (code !== undefined) await enterPromotionCode(url, code);
    await control.pay(sessionId);
    return sessionId;
  }

  async change(
    subscriptionId: string,
    { plan, quantity, behavior = "always_invoice" }: { plan?: Plan; quantity?: number; behavior?: Behavior },
  ): Promise<void> {
    const { items } = await this.stripe.subscriptions.retrieve(subscriptionId);
    const [item] = items.data;
    await this.stripe.subscriptions.update(subscriptionId, {
      items: [
        { id: toId(item), ...(plan && { price: plan.priceId }), ...(quantity !== undefined && { quantity }) },
      ],
      proration_behavior: behavior,
    });
  }

  /** Lets a part of a month pass. */
  async pass(days: number): Promise<void> {
    await this.history.pass(days * 86_400);
  }

  /** Lets the current period of all monthly plans end, and its invoice be paid. */
  async renew(): Promise<void> {
    await this.history.pass(PERIOD_SECONDS + 7_200);
  }

  async failCard(subscriptionId: string): Promise<void> {
    await this.history.control.setCard(subscriptionId, CARDS.failing);
  }

  async repairCard(subscriptionId: string): Promise<void> {
    await this.history.control.setCard(subscriptionId, CARDS.good);
  }

  async readLatestInvoice(subscriptionId: string): Promise<Stripe.Invoice> {
    const { latest_invoice: invoice } = await this.stripe.subscriptions.retrieve(subscriptionId);
    return await this.stripe.invoices.retrieve(toId(invoice), { expand: ["payments"] });
  }

  /** How much of the current period is left. */
  async readShareLeft(subscriptionId: string): Promise<number> {
    const { items } = await this.stripe.subscriptions.retrieve(subscriptionId);
    const [item] = items.data;
    if (!item) throw new Error("Expected an item");
    const { current_period_start: start, current_period_end: end } = item;
    return (end - (await this.history.control.readNowSeconds())) / (end - start);
  }

  /** What a card has paid for this user so far, less what was refunded, in minor units of the one currency used. */
  async readMoneyKept(): Promise<number> {
    let kept = 0;
    for await (const charge of this.stripe.charges.list({ limit: 100 })) {
      if (charge.status === "succeeded") kept += charge.amount - charge.amount_refunded;
    }
    return kept;
  }

  async spend(userId: string, amount: number): Promise<void> {
    await this.settle();
    const key = crypto.randomUUID();
    const spent = await spendCredits(this.history.context, { userId, amount, key, reason: "A story" });
    if (spent.outcome !== "spent") throw new Error(`Cannot spend ${amount}: ${spent.outcome}`);
  }

  /** Delivers an event in place of the one with its id. */
  async deliverChanged(event: ProviderEvent): Promise<void> {
    await receiveWebhook(this.history.context, "stripe", this.history.toRequest(event));
    this.history.deliveredIds.add(event.id);
  }

  /** Delivers what has not been delivered, oldest first unless told otherwise, and books every payment that was written. */
  async settle({ newestFirst = false } = {}): Promise<void> {
    const { history } = this;
    const events = await history.readEvents();
    for (const event of newestFirst ? events.toReversed() : events) {
      if (history.deliveredIds.has(event.id)) continue;
      await receiveWebhook(history.context, "stripe", history.toRequest(event));
      history.deliveredIds.add(event.id);
    }
    const { docs } = await history.db.collection("payments").where("updatedAt", ">=", this.#settledAt).get();
    for (const { id } of docs) await bookPayment(history.context, id);
    this.#settledAt = history.context.now();
  }

  async readDocument(path: string): Promise<Record<string, unknown> | undefined> {
    return (await this.history.db.doc(path).get()).data();
  }

  /** What payments have given a user by now, less what they took; and what the user can spend and owes. */
  async readCredits(userId: string): Promise<{ given: number; available: number; debt: number }> {
    await this.settle();
    const account = this.history.db.collection("subscriptions").doc(userId);
    const [{ docs: grants }, snapshot] = await Promise.all([
      account.collection("grants").get(),
      account.get(),
    ]);
    const given = grants.reduce(
      (sum, grant) => sum + Number(grant.get("amount")) - Number(grant.get("taken") ?? 0),
      0,
    );
    const audit = await auditAccount(this.history.context, userId);
    if (audit.outcome !== "agrees") throw new Error(JSON.stringify(audit.differences));
    return {
      given,
      available: Number(snapshot.get("availableCredits") ?? 0),
      debt: Number(snapshot.get("debt") ?? 0),
    };
  }
}

/** As a buyer does on the checkout page. */
async function enterPromotionCode(url: string, code: string): Promise<void> {
  const body = new URLSearchParams({ action: "apply_promotion_code", promotion_code: code });
  const answer = await fetch(url, { method: "POST", body });
  if (!answer.ok) throw new Error(`Cannot enter promotion code "${code}": ${answer.status}`);
}

function toId(reference: string | { id: string } | null | undefined): string {
  const id = typeof reference === "string" ? reference : reference?.id;
  if (id === undefined) throw new Error("Expected an id");
  return id;
}
