import type { Firestore } from "@google-cloud/firestore";
import type { Stripe } from "stripe";
import { startLocalStripe, type LocalStripe } from "../../local/stripe/index.ts";
import { PaymentAdapterFactory } from "../../functions/src/adapters/factory.ts";
import type { GatewayContext } from "../../functions/src/options.ts";
import { ControlClient, type ProviderEvent } from "../../local/stripe/testing/controlClient.ts";
import { toFirestore } from "../kit/database.ts";
import { buildProduct, type NewProduct } from "../kit/products.ts";
import { buildStripeAdapter, connectStripe } from "../kit/stripe.ts";
import { buildContext } from "../kit/context.ts";
import { signWebhook } from "../kit/hosting/signature.ts";

const API_KEY = "sk_test_histories";
const WEBHOOK_SECRET = "whsec_histories";
const PROJECT_ID = "demo-histories";
const START_MS = Date.UTC(2030, 0, 1);
/** Stripe lists events for 30 days. */
const MAX_DAYS_UNRECONCILED = 28;

export interface Product {
  productId: string;
  priceId: string;
  isRecurring: boolean;
  /** Whether it gave credits from the beginning. */
  isForSale: boolean;
}

/**
 * One story's own Stripe, and its own Firestore database, which no deployed trigger watches: whatever is delivered, and
 * when, is the story's doing. Time stands still but for the steps.
 */
export class History {
  readonly db: Firestore;
  readonly stripe: Stripe;
  readonly control: ControlClient;
  readonly context: GatewayContext;
  readonly users: readonly string[] = ["anna", "boris", "chen"];
  readonly products: Product[] = [];
  readonly couponIds: string[] = [];
  /** What each product has ever been worth, by its id. */
  readonly credits = new Map<string, number[]>();
  /** The checkouts that were handed out, with whose they are. */
  readonly sessions = new Map<string, string>();
  /** What was spent, by user and key: each key at most once. */
  readonly spent = new Map<string, number>();
  readonly deliveredIds = new Set<string>();
  /** Whether an answer of the provider may be missing. */
  isUnreliable = false;
  readonly #server: LocalStripe;
  /** Oldest first, as far as they were read. */
  readonly #events: ProviderEvent[] = [];
  #passedMs = 0;
  #daysUnreconciled = 0;

  private constructor(server: LocalStripe, db: Firestore, apiKey: string) {
    this.#server = server;
    this.db = db;
    this.control = new ControlClient(server.url);
    const account = { url: server.url, apiKey };
    this.stripe = connectStripe(account);
    const adapter = buildStripeAdapter({ ...account, webhookSecret: WEBHOOK_SECRET, projectId: PROJECT_ID });
    this.context = buildContext({
      db,
      adapters: new PaymentAdapterFactory({ stripe: async () => adapter }, { defaultProvider: "stripe" }),
      projectId: PROJECT_ID,
      now: () => new Date(START_MS + this.#passedMs),
    });
  }

  static async create(
    firestore: { projectId: string; host: string; databaseId: string },
    apiKey = API_KEY,
  ): Promise<History> {
    const server = await startLocalStripe({
      port: 0,
      apiKey,
      webhookEndpoints: [],
      now: () => START_MS,
    });
    const history = new History(server, toFirestore(firestore), apiKey);
    await history.#fillCatalogue();
    return history;
  }

  /** Of its Stripe. */
  get url(): string {
    return this.#server.url;
  }

  get plans(): Product[] {
    return this.products.filter(({ isRecurring }) => isRecurring);
  }

  get plansForSale(): Product[] {
    return this.plans.filter(({ isForSale }) => isForSale);
  }

  async changeCredits(productId: string, creditsAmount: number): Promise<void> {
    this.credits.get(productId)?.push(creditsAmount);
    await this.stripe.products.update(productId, { metadata: { creditsAmount } });
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.db.terminate()]);
  }

  async pass(seconds: number): Promise<void> {
    await this.control.passSeconds(seconds);
    this.#passedMs += seconds * 1_000;
  }

  /** No answer is missing from now on. */
  async becomeReliable(): Promise<void> {
    await this.control.clearFaults();
    this.isUnreliable = false;
  }

  /** Whether a reconciliation is due before so many days pass, which nobody may leave out. */
  mustReconcile(days: number): boolean {
    this.#daysUnreconciled += days;
    return this.#daysUnreconciled > MAX_DAYS_UNRECONCILED;
  }

  noteReconciled(): void {
    this.#daysUnreconciled = 0;
  }

  async readEvents(): Promise<readonly ProviderEvent[]> {
    const last = this.#events.at(-1);
    const events = await this.control.readEvents(last ? { after: last.id } : {});
    for (const { sessionId: _sessionId, deliveries: _deliveries, ...event } of events)
      this.#events.push(event);
    return this.#events;
  }

  /** A delivery of an event, rightly signed. */
  toRequest(event: ProviderEvent): { rawBody: Buffer; headers: Record<string, string> } {
    const body = JSON.stringify(event);
    const signature = signWebhook(body, { secret: WEBHOOK_SECRET, at: this.context.now() });
    return { rawBody: Buffer.from(body), headers: { "stripe-signature": signature } };
  }

  /**
   * Half of what is for sale is sold each month; one plan has a second currency, one is free, one gives no
   * credits, and one user may have several of two of them.
   */
  async #fillCatalogue(): Promise<void> {
    await this.#sell({ creditsAmount: "100", unitAmount: 1_000 });
    await this.#sell({ creditsAmount: "7", unitAmount: 999, subscriptionDays: "20" });
    await this.#sell({ creditsAmount: "50", unitAmount: 900, isMonthly: true });
    await this.#sell({
      creditsAmount: "111",
      unitAmount: 1_900,
      isMonthly: true,
      allowSeveral: true,
      currencyOptions: { eur: { unit_amount: 1_700 } },
    });
    await this.#sell({ creditsAmount: "30", unitAmount: 0, isMonthly: true, allowSeveral: true });
    await this.#sell({ creditsAmount: undefined, unitAmount: 1_500, isMonthly: true });
    for (const percent_off of [50, 100]) {
      for (const duration of ["once", "forever"] as const)
        this.couponIds.push((await this.stripe.coupons.create({ percent_off, duration })).id);
    }
  }

  async #sell(wanted: NewProduct): Promise<void> {
    const { id: productId, default_price: price } = await this.stripe.products.create(
      buildProduct({ ...wanted, maxQuantity: "3" }),
    );
    if (typeof price !== "string") throw new Error("Expected the id of a price");
    const { isMonthly: isRecurring = false, creditsAmount } = wanted;
    this.products.push({ productId, priceId: price, isRecurring, isForSale: creditsAmount !== undefined });
    this.credits.set(productId, [Number(creditsAmount ?? 0)]);
  }
}
