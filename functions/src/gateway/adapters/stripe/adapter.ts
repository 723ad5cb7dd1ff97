import { Stripe } from "stripe";
import { toMetadata } from "../metadata.ts";
import type {
  Checkout,
  CheckoutRequest,
  Idempotent,
  ParsedWebhook,
  PaymentAdapter,
  PaymentNews,
  ProviderFailure,
  ProviderResult,
  ResolvedProduct,
  WebhookRequest,
} from "../types.ts";
import { isOurs, toCheckout, toDate, toNews } from "./checkout.ts";
import { attempt } from "./failure.ts";
import { parseStripeWebhook } from "./webhook.ts";

export interface StripeSettings {
  secretKey: string;
  webhookSecrets: readonly string[];
  projectId: string;
  /** Another server than Stripe's, for development. */
  baseUrl: URL | undefined;
}

/** Stripe Checkout. The API version is the one the installed `stripe` package was generated for. */
export class StripeAdapter implements PaymentAdapter {
  readonly name = "stripe";
  readonly #stripe: Stripe;
  readonly #settings: StripeSettings;
  readonly #livemode: boolean;

  constructor(settings: StripeSettings) {
    this.#settings = settings;
    this.#livemode = isLiveKey(settings.secretKey);
    this.#stripe = new Stripe(settings.secretKey, {
      apiVersion: Stripe.API_VERSION,
      maxNetworkRetries: 2,
      timeout: 20_000,
      telemetry: false,
      ...(settings.baseUrl && toHost(settings.baseUrl)),
    });
  }

  async resolveProduct(wanted: {
    productId: string;
    priceId: string | undefined;
  }): Promise<ProviderResult<ResolvedProduct>> {
    const found = await attempt(() => this.#fetchPrice(wanted));
    if (found.outcome === "failed") return found;
    if (!found.value) return { outcome: "failed", failure: unknownPrice };
    const { product, price } = found.value;
    if (price.unit_amount === null) return { outcome: "failed", failure: unsupportedPrice };
    return {
      outcome: "ok",
      value: {
        productId: product.id,
        priceId: price.id,
        active: product.active && price.active,
        amount: price.unit_amount,
        currency: price.currency,
        recurring: price.type === "recurring",
        metadata: product.metadata,
      },
    };
  }

  async ensureCustomer(
    customer: { userId: string; email: string | undefined },
    options: Idempotent,
  ): Promise<ProviderResult<string>> {
    const metadata = { gatewayProject: this.#settings.projectId, userId: customer.userId };
    const { email } = customer;
    return await attempt(async () => {
      const created = await this.#stripe.customers.create({ ...(email && { email }), metadata }, options);
      return created.id;
    });
  }

  async createCheckout(request: CheckoutRequest, options: Idempotent): Promise<ProviderResult<Checkout>> {
    const { order, mode } = request;
    const metadata = toMetadata(order, this.#settings.projectId);
    return await attempt(async () => {
      const session = await this.#stripe.checkout.sessions.create(
        {
          mode,
          customer: request.customerId,
          client_reference_id: order.userId,
          line_items: [{ price: order.priceId, quantity: order.quantity }],
          allow_promotion_codes: true,
          success_url: withSessionId(request.successUrl),
          cancel_url: request.cancelUrl,
          metadata,
          ...(mode === "payment"
            ? { payment_intent_data: { metadata } }
            : { subscription_data: { metadata } }),
        },
        options,
      );
      return toCheckout(session);
    });
  }

  async fetchCheckout(sessionId: string): Promise<ProviderResult<PaymentNews>> {
    const fetched = await attempt(() =>
      this.#stripe.checkout.sessions.retrieve(sessionId, { expand: ["payment_intent.latest_charge"] }),
    );
    if (fetched.outcome === "failed") return fetched;
    const session = fetched.value;
    const { projectId } = this.#settings;
    if (!isOurs(session, projectId)) return { outcome: "failed", failure: foreignCheckout };
    return { outcome: "ok", value: toNews(session, { projectId, at: toDate(session.created) }) };
  }

  parseWebhook(request: WebhookRequest, options: { now: Date }): ProviderResult<ParsedWebhook> {
    const { projectId, webhookSecrets: secrets } = this.#settings;
    return parseStripeWebhook(request, { projectId, secrets, livemode: this.#livemode, now: options.now });
  }

  async #fetchPrice(wanted: {
    productId: string;
    priceId: string | undefined;
  }): Promise<PricedProduct | undefined> {
    if (wanted.priceId === undefined) {
      const product = await this.#stripe.products.retrieve(wanted.productId, { expand: ["default_price"] });
      const price = product.default_price;
      return typeof price === "object" && price !== null ? { product, price } : undefined;
    }
    const price = await this.#stripe.prices.retrieve(wanted.priceId, { expand: ["product"] });
    const { product } = price;
    if (typeof product === "string" || product.deleted || product.id !== wanted.productId) return undefined;
    return { product, price };
  }
}

/** Stripe's keys name their mode, see https://docs.stripe.com/keys; one that names none would make every event foreign. */
function isLiveKey(secretKey: string): boolean {
  const mode = /^[a-z]+(?:_[a-z]+)*_(live|test)_/.exec(secretKey)?.[1];
  if (mode === undefined) throw new Error("Cannot use the Stripe key: it names neither live nor test mode");
  return mode === "live";
}

interface PricedProduct {
  product: Stripe.Product;
  price: Stripe.Price;
}

const unknownPrice: ProviderFailure = {
  kind: "not_found",
  retryable: false,
  detail: "No such price of the product",
};
const unsupportedPrice: ProviderFailure = {
  kind: "unsupported",
  retryable: false,
  detail: "No fixed unit amount",
};
const foreignCheckout: ProviderFailure = { kind: "not_found", retryable: false, detail: "Foreign checkout" };

function toHost(url: URL): { protocol: "http" | "https"; host: string; port: string } {
  const protocol = url.protocol === "http:" ? "http" : "https";
  return { protocol, host: url.hostname, port: url.port || (protocol === "http" ? "80" : "443") };
}

/** Stripe replaces the placeholder, which must therefore reach it unencoded. Source: https://docs.stripe.com/payments/checkout/custom-success-page */
function withSessionId(successUrl: string): string {
  const url = new URL(successUrl);
  if (url.searchParams.has("session_id")) url.searchParams.delete("session_id");
  const { hash } = url;
  url.hash = "";
  return `${url.href}${url.href.includes("?") ? "&" : "?"}session_id={CHECKOUT_SESSION_ID}${hash}`;
}
