import { randomBytes } from "node:crypto";
import type { Item, Money, Objection, Order, Payment, Purse, Return } from "./objects.ts";

/** A request that Orchard refuses: an HTTP status and a code. */
export class Refusal extends Error {
  readonly status: number;
  readonly fault: string;

  constructor(status: number, fault: string) {
    super(fault);
    this.status = status;
    this.fault = fault;
  }
}

const HOURS_TO_APPROVE = 3;

/** Orchard's orders and their money. Whatever changes is told with the id it is about. */
export class Orders {
  readonly #orders = new Map<string, Order>();
  readonly #purses = new Map<string, Purse>();
  readonly #now: () => Date;
  readonly #changed: (orderId: string) => void;

  constructor(now: () => Date, changed: (orderId: string) => void) {
    this.#now = now;
    this.#changed = changed;
  }

  create(wanted: { item: Item; offer: string; count: number; note: string; page: string } & Pages): Order {
    const { item, offer, count, note, page, return_to, cancel_to } = wanted;
    const price = item.offers.find(({ code }) => code === offer)?.price;
    if (!price || !item.on_sale) throw new Refusal(422, "OFFER_UNKNOWN");
    const id = newId("ORD");
    const order: Order = {
      id,
      state: "OPEN",
      sku: item.sku,
      total: multiply(price, count),
      note,
      page: `${page}/${id}`,
      return_to,
      cancel_to,
      approve_before: new Date(this.#now().getTime() + HOURS_TO_APPROVE * 3_600_000).toISOString(),
      approved_at: null,
      payment: null,
      returns: [],
      objections: [],
    };
    this.#orders.set(id, order);
    return order;
  }

  require(orderId: string): Order {
    const order = this.#orders.get(orderId);
    if (!order) throw new Refusal(404, "ORDER_UNKNOWN");
    return order;
  }

  requireByPayment(paymentId: string): Order {
    const order = [...this.#orders.values()].find(({ payment }) => payment?.id === paymentId);
    if (!order) throw new Refusal(404, "PAYMENT_UNKNOWN");
    return order;
  }

  /** The payer approves; a declined order may be approved again. Returns the address their browser is sent to. */
  approve(orderId: string, purse: Purse): string {
    const order = this.require(orderId);
    if (order.state !== "OPEN" && order.state !== "DECLINED") throw new Refusal(422, "NOT_OPEN");
    this.#purses.set(orderId, purse);
    this.#change(order, { state: "APPROVED", approved_at: this.#now().toISOString() });
    return order.return_to.replaceAll("*ORDER*", orderId);
  }

  /** The merchant takes the money of an approved order. */
  capture(orderId: string): Order {
    const order = this.require(orderId);
    if (order.state !== "APPROVED") throw new Refusal(422, "NOT_APPROVED");
    const purse = this.#purses.get(orderId);
    if (purse === "empty") return this.#pay(order, "REFUSED");
    return this.#pay(order, purse === "slow" ? "CLEARING" : "DONE");
  }

  /** The money of a slow purse arrives, or does not. */
  clear(orderId: string, state: "DONE" | "REFUSED"): void {
    const order = this.require(orderId);
    if (order.state !== "CLEARING") throw new Refusal(422, "NOT_CLEARING");
    this.#pay(order, state);
  }

  /** Time or the merchant ends an order, approved or not. */
  lapse(orderId: string): Order {
    const order = this.require(orderId);
    if (order.payment && order.payment.state !== "REFUSED") throw new Refusal(422, "NOT_OPEN");
    return order.state === "LAPSED" ? order : this.#change(order, { state: "LAPSED" });
  }

  giveBack(paymentId: string, wanted: { amount: Money | undefined; reference: string | null }): Return {
    const order = this.requireByPayment(paymentId);
    const left = toLeft(order);
    const amount = wanted.amount ?? left;
    if (amount.currency !== left.currency) throw new Refusal(422, "CURRENCY_DIFFERS");
    if (toUnits(amount) <= 0 || toUnits(amount) > toUnits(left)) throw new Refusal(422, "EXCEEDS_PAYMENT");
    const made: Return = {
      id: newId("RET"),
      state: "SENT",
      amount,
      reference: wanted.reference,
      at: this.#at(),
    };
    this.#change(order, { returns: [...order.returns, made] });
    return made;
  }

  /** A return comes back: the payer's account is closed. */
  bounce(returnId: string): void {
    const order = [...this.#orders.values()].find(({ returns }) => returns.some(({ id }) => id === returnId));
    if (!order) throw new Refusal(404, "RETURN_UNKNOWN");
    const returns = order.returns.map((made) =>
      made.id === returnId ? { ...made, state: "BOUNCED" as const } : made,
    );
    this.#change(order, { returns });
  }

  /** The payer objects to the payment, or the objection is decided. */
  object(orderId: string, state: Objection["state"]): void {
    const order = this.require(orderId);
    const known = order.objections[0] ?? { id: newId("OBJ"), amount: order.total };
    this.#change(order, { objections: [{ ...known, state, changed_at: this.#at() }] });
  }

  #pay(order: Order, state: Payment["state"]): Order {
    const payment: Payment = {
      id: order.payment?.id ?? newId("PAY"),
      state,
      amount: order.total,
      reason: state === "REFUSED" ? "PURSE_EMPTY" : null,
      at: this.#at(),
    };
    const states = { DONE: "PAID", CLEARING: "CLEARING", REFUSED: "DECLINED" } as const;
    return this.#change(order, { state: states[state], payment });
  }

  #change(order: Order, changes: Partial<Order>): Order {
    const changed = { ...order, ...changes };
    this.#orders.set(order.id, changed);
    this.#changed(order.id);
    return changed;
  }

  #at(): string {
    return this.#now().toISOString();
  }
}

interface Pages {
  return_to: string;
  cancel_to: string;
}

function newId(kind: string): string {
  return `${kind}-${randomBytes(8).toString("hex").toUpperCase()}`;
}

/** Whole units of the last decimal place that is written. */
function toUnits({ value }: Money): number {
  return Number(value.replace(".", ""));
}

function withUnits(like: Money, units: number): Money {
  const places = like.value.split(".")[1]?.length ?? 0;
  const digits = String(units).padStart(places + 1, "0");
  const value = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return { value, currency: like.currency };
}

function multiply(price: Money, count: number): Money {
  return withUnits(price, toUnits(price) * count);
}

function toLeft({ payment, returns }: Order): Money {
  if (payment?.state !== "DONE") throw new Refusal(422, "NOT_PAID");
  const gone = returns.filter(({ state }) => state === "SENT").map(({ amount }) => toUnits(amount));
  return withUnits(
    payment.amount,
    gone.reduce((left, units) => left - units, toUnits(payment.amount)),
  );
}
