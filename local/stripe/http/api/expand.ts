import { paymentsOf } from "../../objects/billing/invoicePayments.ts";
import { lineItemsOf } from "../../objects/checkout/lineItems.ts";
import { refundsOf } from "../../objects/refunds/refunds.ts";
import type { Store } from "../../objects/store/store.ts";
import { invalidRequest } from "../../platform/errors.ts";

type Fields = Readonly<Record<string, unknown>>;
/** Finds what a field refers to; null where Stripe has a reference and this server never sets one. */
type Resolver = (store: Store, owner: Fields, value: unknown) => unknown;

const MAX_DEPTH = 4;

function reference(read: (store: Store, id: string) => unknown): Resolver {
  return (store, _owner, value) => {
    if (typeof value !== "string") return value;
    return read(store, value) ?? value;
  };
}

const never: Resolver = (_store, _owner, value) => value;
const customer = reference((store, id) => store.customers.read(id) ?? store.deletedCustomers.get(id));
const coupon = reference((store, id) => store.coupons.read(id));
const promotionCode = reference((store, id) => store.promotionCodes.read(id));
const paymentIntent = reference((store, id) => store.paymentIntents.read(id));
const paymentMethod = reference((store, id) => store.paymentMethods.read(id));
const price = reference((store, id) => store.prices.read(id));
const product = reference((store, id) => store.products.read(id));
const subscription = reference((store, id) => store.subscriptions.read(id));
const invoice = reference((store, id) => store.invoices.read(id));
const invoicePayments: Resolver = (store, owner) => paymentsOf(store, String(owner["id"]));
const charge = reference((store, id) => store.charges.read(id));
const refunds: Resolver = (store, owner) => refundsOf(store, String(owner["id"]));
const lineItems: Resolver = (store, owner) => lineItemsOf(store, String(owner["id"]), {});

/** The expandable fields of each kind of object, as Stripe documents them. */
const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Resolver>>>> = {
  product: { default_price: price, tax_code: never },
  price: { product },
  plan: { product },
  customer: { default_source: never, test_clock: never },
  promotion_code: { customer },
  "checkout.session": {
    customer,
    payment_intent: paymentIntent,
    line_items: lineItems,
    invoice,
    payment_link: never,
    setup_intent: never,
    subscription,
  },
  payment_intent: {
    customer,
    latest_charge: charge,
    payment_method: paymentMethod,
    application: never,
    on_behalf_of: never,
    review: never,
    source: never,
  },
  charge: {
    customer,
    payment_intent: paymentIntent,
    application: never,
    application_fee: never,
    balance_transaction: never,
    failure_balance_transaction: never,
    on_behalf_of: never,
    refunds,
    review: never,
    source_transfer: never,
  },
  refund: {
    charge,
    customer,
    payment_intent: paymentIntent,
    payment_method: paymentMethod,
    balance_transaction: never,
    failure_balance_transaction: never,
    source_transfer_reversal: never,
    transfer_reversal: never,
  },
  subscription: {
    customer,
    default_payment_method: paymentMethod,
    latest_invoice: invoice,
    application: never,
    default_source: never,
    on_behalf_of: never,
    pending_setup_intent: never,
    schedule: never,
    test_clock: never,
  },
  invoice: {
    customer,
    default_payment_method: paymentMethod,
    payments: invoicePayments,
    application: never,
    default_source: never,
    latest_revision: never,
    on_behalf_of: never,
    test_clock: never,
  },
  line_item: { subscription },
  invoice_payment: { invoice },
  invoiceitem: { customer, invoice, test_clock: never },
  dispute: { charge, payment_intent: paymentIntent },
  "radar.early_fraud_warning": { charge, payment_intent: paymentIntent },
  payment_method: { customer },
  /** Parts without a name of their own: `promotion` of a code, `parent` of an invoice, `pricing` of a line, … */
  "": {
    charge,
    coupon,
    payment_intent: paymentIntent,
    price,
    promotion_code: promotionCode,
    subscription,
  },
};

/** A copy of the answer in which the fields named by `expand[]` are whole objects. */
export function expandObject(store: Store, answer: object, paths: readonly string[]): object {
  return paths.reduce<object>((value, path) => expandPath(store, value, path), answer);
}

function expandPath(store: Store, answer: object, path: string): object {
  const segments = path.split(".");
  if (segments.length > MAX_DEPTH) {
    throw invalidRequest(`You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`, {
      param: "expand",
    });
  }
  return expandFields(store, answer, segments, path);
}

function expandFields(store: Store, owner: object, segments: readonly string[], path: string): object {
  const [name, ...rest] = segments;
  if (name === undefined) return owner;
  const fields: Fields = { ...owner };
  const kind = typeof fields["object"] === "string" ? fields["object"] : "";
  const resolve = EXPANDABLE[kind]?.[name];
  const value = resolve === undefined ? fields[name] : resolve(store, fields, fields[name]);
  if (resolve === undefined && (rest.length === 0 || !isContainer(value))) throw notExpandable(kind, path);
  if (!isContainer(value)) return { ...fields, [name]: value };
  const expand = (inner: object) => expandFields(store, inner, rest, path);
  return { ...fields, [name]: Array.isArray(value) ? value.map(expand) : expand(value) };
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function notExpandable(kind: string, path: string): Error {
  const hint = kind === "list" ? ` You may want to try expanding 'data.${path}' instead.` : "";
  return invalidRequest(`This property cannot be expanded (${path}).${hint}`, { param: "expand" });
}
