import type { Stripe } from "stripe";
import {
  auditAccount,
  expireAccount,
  holdCredits,
  readEntries,
  spendCredits,
} from "../../functions/src/credits/credits.ts";
import type { ControlClient } from "../../local/stripe/testing/controlClient.ts";
import { connectFirestore } from "../kit/suite/harness.ts";
import type { Caller } from "../kit/hosting/tokens.ts";
import { WorldFunctions } from "../kit/transport/worldFunctions.ts";
import { World } from "../kit/transport/world.ts";
import { findEvent } from "../kit/suite/events.ts";

const FUNCTIONS = [
  "createPaymentSession",
  "verifyPayment",
  "gateway",
  "onPaymentWritten",
  "refundPayment",
  "grantCredits",
  "expireCredits",
  "reconcilePayments",
] as const;

/** Credits without an end, credits for 30 days, and credits for each month of a recurring subscription. */
type Offer = "pack" | "month" | "plan";

/** A world with its functions deployed and something on sale in it, and what its buyers do. */
export class Market {
  readonly world: World;
  readonly functions: WorldFunctions;
  readonly #db: FirebaseFirestore.Firestore;
  readonly #productIds: Readonly<Record<Offer, string>>;

  private constructor(world: World, functions: WorldFunctions, productIds: Record<Offer, string>) {
    this.world = world;
    this.functions = functions;
    this.#productIds = productIds;
    this.#db = connectFirestore({ projectId: world.projectId, host: functions.wire.firestoreHost });
  }

  static async open(): Promise<Market> {
    const world = await World.start();
    const functions = await WorldFunctions.start(world, FUNCTIONS);
    // What is done meanwhile is long done when the real one answers, and otherwise now and then read once more.
    functions.wire.gate.stripeMs = 50;
    const market = new Market(world, functions, {
      pack: await world.sell(),
      month: await world.sell({ subscriptionDays: "30" }),
      plan: await world.sell({ isMonthly: true }),
    });
    await market.settle();
    return market;
  }

  async close(): Promise<void> {
    await Promise.all([this.functions.kill(), this.#db.terminate()]);
    await this.world.stop();
  }

  /** Waits until webhooks and triggers have done their work. */
  async settle(): Promise<void> {
    await this.world.settle(this.functions);
  }

  /** Opens a checkout; the session's id. */
  async checkOut(caller: Caller, offer: Offer = "pack"): Promise<string> {
    const input = { productId: this.#productIds[offer] };
    return (await this.functions.call("createPaymentSession", input, caller)).sessionId;
  }

  /** A whole purchase, until the credits are booked; the session's id. */
  async buy(caller: Caller, offer?: Offer): Promise<string> {
    const sessionId = await this.checkOut(caller, offer);
    await this.world.control.pay(sessionId);
    await this.settle();
    return sessionId;
  }

  /** The buyer is back before the webhook. */
  async buyAndVerify(caller: Caller): Promise<string> {
    const sessionId = await this.checkOut(caller);
    await this.world.control.pay(sessionId);
    await this.verify(caller, sessionId);
    await this.settle();
    return sessionId;
  }

  async abandon(caller: Caller): Promise<void> {
    const sessionId = await this.checkOut(caller);
    await this.world.control.expire(sessionId);
    await this.settle();
  }

  async verify(caller: Caller, sessionId: string) {
    return await this.functions.call("verifyPayment", sessionId, caller);
  }

  /** Stripe's own account of what it told of a session. */
  async readCompleted(sessionId: string): Promise<Stripe.Event> {
    return await findEvent("checkout.session.completed", sessionId, this.world.stripe);
  }

  /** What the world outside does, until it is settled. */
  async letHappen<T>(happen: (control: ControlClient) => Promise<T>): Promise<T> {
    const happened = await happen(this.world.control);
    await this.settle();
    return happened;
  }

  async refundPayment(admin: Caller, sessionId: string): Promise<void> {
    const paymentId = `stripe_${await this.world.readPaymentIntent(sessionId)}`;
    const input = { paymentId, requestId: crypto.randomUUID() };
    await this.functions.call("refundPayment", input, admin);
    await this.settle();
  }

  /** Gives credits that end in a moment. */
  async grant(admin: Caller, userId: string): Promise<{ expiresAt: Date }> {
    const expiresAt = new Date(Date.now() + 1_000);
    const grant = { userId, amount: 50, key: crypto.randomUUID(), reason: "For a moment" };
    const input = { ...grant, expiresAt: expiresAt.toISOString() };
    await this.functions.call("grantCredits", input, admin);
    return { expiresAt };
  }

  /** An app's own function that spends: one invocation of the app's. */
  async spend({ userId }: Caller, amount: number) {
    const context = { db: this.#db, now: () => new Date() };
    const input = { userId, amount, key: crypto.randomUUID(), reason: "One picture" };
    return await spendCredits(context, input);
  }

  /** An app's own function that reserves credits and never comes back to them. */
  async forgetHold({ userId }: Caller): Promise<void> {
    const input = { userId, amount: 1, key: crypto.randomUUID(), reason: "One picture", expiresInSeconds: 1 };
    await holdCredits({ db: this.#db, now: () => new Date() }, input);
    await expireAccount({ db: this.#db, now: () => new Date(Date.now() + 2_000) }, userId);
  }

  /** An app's own function that shows a user what became of their credits, and an auditor's. */
  async lookBack({ userId }: Caller): Promise<void> {
    await readEntries({ db: this.#db }, { userId });
    await auditAccount({ db: this.#db }, userId);
  }
}
