/** A request of a script; `$name` stands for the id that the request of that name was answered with. */
export interface Step {
  name: string;
  method: "GET" | "POST" | "DELETE";
  path: string;
  params?: Readonly<Record<string, unknown>>;
  /** The script goes on if it is refused like this. */
  refusal?: "card_error" | "invalid_request_error";
}

function post(name: string, path: string, params: Step["params"] = {}, refusal?: Step["refusal"]): Step {
  return { name, method: "POST", path: `/v1/${path}`, params, ...(refusal && { refusal }) };
}

function get(name: string, path: string, params: Step["params"] = {}): Step {
  return { name, method: "GET", path: `/v1/${path}`, params };
}

const note = { description: "(created by Stripe CLI)" };
const product = post("product", "products", { name: "myproduct", ...note });

function price(rest: Step["params"]): Step {
  return post("price", "prices", { product: "$product", unit_amount: 1500, currency: "usd", ...rest });
}

const urls = { success_url: "https://httpbin.org/post", cancel_url: "https://httpbin.org/post" };
const session = { ...urls, mode: "payment", line_items: [{ price: "$price", quantity: 2 }] };
const shipping = {
  name: "Jenny Rosen",
  address: {
    line1: "510 Townsend St",
    postal_code: "94103",
    city: "San Francisco",
    state: "CA",
    country: "US",
  },
};

function confirm(method: Step["params"]): Step[] {
  return [
    get("page", "payment_pages/$session"),
    post("method", "payment_methods", method),
    post("confirmed", "payment_pages/$session/confirm", { payment_method: "$method", expected_amount: 3000 }),
  ];
}

const usCard = {
  type: "card",
  card: { token: "tok_visa" },
  billing_details: {
    email: "stripe@example.com",
    name: "Jenny Rosen",
    address: {
      line1: "354 Oyster Point Blvd",
      postal_code: "94080",
      city: "South San Francisco",
      state: "CA",
      country: "US",
    },
  },
};

const sepaDebit = {
  type: "sepa_debit",
  sepa_debit: { iban: "AT611904300234573201" },
  billing_details: {
    email: "stripe@example.com",
    name: "Jenny Rosen",
    phone: "1234567890",
    address: { line1: "71 Crown Street", city: "London", postal_code: "W10 2WB", country: "GB" },
  },
};

const customer = post("customer", "customers", note);
const payingCustomer = post("customer", "customers", {
  ...note,
  payment_method: "pm_card_visa",
  invoice_settings: { default_payment_method: "pm_card_visa" },
});
const monthly = price({ recurring: { interval: "month" } });

function subscribe(rest: Step["params"] = {}): Step {
  return post("subscription", "subscriptions", {
    customer: "$customer",
    items: [{ price: "$price" }],
    ...rest,
  });
}

const subscribed = [payingCustomer, product, monthly, subscribe()];

function charge(card: string): Step {
  return post("intent", "payment_intents", {
    amount: 100,
    currency: "usd",
    payment_method_types: ["card"],
    payment_method: card,
    confirm: true,
    ...note,
  });
}

const disputed = charge("pm_card_createDisputeInquiry");
const disputes = get("dispute", "disputes", { payment_intent: "$intent" });

const billed = [
  post("item", "invoiceitems", { amount: 2000, currency: "usd", customer: "$customer", ...note }),
  post("invoice", "invoices", {
    customer: "$customer",
    ...note,
    pending_invoice_items_behavior: "include",
  }),
];
const finalized = [customer, ...billed, post("finalized", "invoices/$invoice/finalize")];
const credited = [
  ...finalized,
  post("note", "credit_notes", {
    invoice: "$invoice",
    lines: [{ type: "custom_line_item", unit_amount: 1000, quantity: 1, ...note }],
  }),
];

function pay(card: string, refusal?: Step["refusal"]): Step[] {
  return [
    customer,
    post("method", `payment_methods/${card}/attach`, { customer: "$customer" }),
    ...billed,
    post("paid", "invoices/$invoice/pay", { payment_method: "$method" }, refusal),
  ];
}

/**
 * What `stripe trigger` sends for the events that the product reads.
 * Source: https://github.com/stripe/stripe-cli/tree/master/pkg/fixtures/triggers
 */
export const triggers: Readonly<Record<string, readonly Step[]>> = {
  "checkout.session.completed": [
    product,
    price({}),
    post("session", "checkout/sessions", { ...session, payment_intent_data: { shipping } }),
    ...confirm(usCard),
  ],
  "checkout.session.async_payment_succeeded": [
    product,
    price({ currency: "eur" }),
    post("session", "checkout/sessions", {
      ...session,
      payment_method_types: ["sepa_debit"],
      payment_intent_data: { setup_future_usage: "off_session", shipping },
    }),
    ...confirm(sepaDebit),
  ],
  "checkout.session.expired": [
    product,
    price({}),
    post("session", "checkout/sessions", session),
    post("expired", "checkout/sessions/$session/expire"),
  ],
  "customer.subscription.created": subscribed,
  "customer.subscription.updated": [
    ...subscribed,
    post("updated", "subscriptions/$subscription", { metadata: { foo: "bar" } }),
  ],
  "customer.subscription.deleted": [
    ...subscribed,
    { name: "deleted", method: "DELETE", path: "/v1/subscriptions/$subscription" },
  ],
  "customer.subscription.paused": [
    customer,
    product,
    monthly,
    subscribe({
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: "pause" } },
    }),
    post("paused", "subscriptions/$subscription", { trial_end: "now" }),
  ],
  "invoice.paid": pay("pm_card_visa"),
  "invoice.payment_failed": pay("pm_card_chargeCustomerFail", "card_error"),
  "invoice.voided": [...finalized, post("voided", "invoices/$invoice/void")],
  "invoice.marked_uncollectible": [...finalized, post("given", "invoices/$invoice/mark_uncollectible")],
  "charge.refunded": [charge("pm_card_visa"), post("refund", "refunds", { payment_intent: "$intent" })],
  "charge.dispute.created": [disputed],
  "charge.dispute.updated": [
    disputed,
    disputes,
    post("updated", "disputes/$dispute", { metadata: { foo: "bar" } }),
  ],
  "charge.dispute.closed": [disputed, disputes, post("closed", "disputes/$dispute/close")],
  "credit_note.created": credited,
  "credit_note.updated": [...credited, post("updated", "credit_notes/$note", { metadata: { foo: "bar" } })],
  "credit_note.voided": [...credited, post("voided", "credit_notes/$note/void")],
  "product.created": [product],
  "product.updated": [product, post("updated", "products/$product", { metadata: { foo: "bar" } })],
  "product.deleted": [product, { name: "deleted", method: "DELETE", path: "/v1/products/$product" }],
  "price.created": [product, monthly],
  "price.updated": [product, monthly, post("updated", "prices/$price", { metadata: { foo: "bar" } })],
};
