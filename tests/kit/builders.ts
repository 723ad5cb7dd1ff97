import type { PaymentNews } from "../../functions/src/adapters/paymentAdapter.ts";
import { noFacts } from "../../functions/src/model/facts.ts";
import type { PaymentFacts, Worth } from "../../functions/src/contract/documents.ts";
import type { CreditablePayment, PaymentSession } from "../../functions/src/payments/documents.ts";
import { toIssuer } from "../../functions/src/adapters/metadata.ts";
import type { Order } from "../../functions/src/model/order.ts";

/* Values for tests, each complete and valid; a test overrides what matters to it. */

export const projectId = "demo-gateway";

/** Who sealed the orders of tests. */
export const issuer = toIssuer(projectId, "sk_test_builders");

/** Whole seconds after the start of 2030, when every test's story begins. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2030, 0, 1) + seconds * 1000);
}

/** Also takes the attributes of its worth as documents have them. */
export function buildOrder(overrides: Partial<Order & Worth> = {}): Order {
  const { worth, rest } = splitWorth(overrides);
  return {
    userId: "user_1",
    productId: "prod_small",
    priceId: "price_small",
    quantity: 1,
    currency: "eur",
    worth,
    ...rest,
  };
}

export function buildCheckout(overrides: Partial<PaymentNews["checkout"]> = {}): PaymentNews["checkout"] {
  return {
    sessionId: "cs_1",
    mode: "payment",
    amount: 1_000,
    subtotal: 1_000,
    currency: "eur",
    url: "https://checkout.example/cs_1",
    successUrl: "https://app.example/payment-success",
    cancelUrl: "https://app.example/payment-canceled",
    expiresAt: at(86_400),
    providerData: { customerId: "cus_1" },
    ...overrides,
  };
}

/** News about an open checkout that nobody has paid. */
export function buildNews(overrides: Partial<PaymentNews> = {}): PaymentNews {
  return {
    order: buildOrder(),
    orderSubtotal: 1_000,
    checkout: buildCheckout(),
    sessionStatus: "created",
    metadata: { gatewayProject: projectId },
    ...overrides,
  };
}

/** News about a checkout that was paid in full. */
export function buildPaidNews(overrides: Partial<PaymentNews> = {}): PaymentNews {
  return buildNews({
    sessionStatus: "completed",
    paymentKey: "pi_1",
    payment: { key: "pi_1", facts: buildFacts(), providerData: { paymentIntentId: "pi_1" } },
    ...overrides,
  });
}

/** The facts of 1000 cents received ten seconds into the story. */
export function buildFacts(overrides: Partial<PaymentFacts> = {}): PaymentFacts {
  return { ...noFacts, paid: { amount: 1_000, currency: "eur", at: at(10) }, ...overrides };
}

export function buildPaymentSession(overrides: Partial<PaymentSession & Worth> = {}): PaymentSession {
  const { worth, rest } = splitWorth(overrides);
  return {
    ...buildOrder(),
    provider: "stripe",
    mode: "payment",
    amount: 1_000,
    status: "created",
    paymentId: null,
    successUrl: "https://app.example/payment-success",
    cancelUrl: "https://app.example/payment-canceled",
    expiresAt: at(86_400),
    providerData: { customerId: "cus_1" },
    createdAt: at(0),
    updatedAt: at(0),
    worth,
    ...rest,
  };
}

/** A payment of 1000 cents for 100 credits without an end. */
export function buildCreditablePayment(
  overrides: Partial<CreditablePayment & Worth> = {},
): CreditablePayment {
  const { worth, rest } = splitWorth(overrides);
  return {
    userId: "user_1",
    amount: 1_000,
    amountRefunded: 0,
    amountChargedBack: 0,
    status: "succeeded",
    worth,
    paidAt: at(10),
    ...rest,
  };
}

function splitWorth<T extends Partial<Worth>>(overrides: T) {
  const { creditsAmount = 100, subscriptionDays = null, ...rest } = overrides;
  return { worth: { creditsAmount, subscriptionDays }, rest };
}
