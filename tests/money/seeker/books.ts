import type { InvoiceLine } from "../../../functions/src/adapters/paymentAdapter.ts";
import type { KnownLine, LinePrice } from "../../../functions/src/invoices/lineWorth.ts";

import type { Payment } from "../../../functions/src/payments/documents.ts";
import { emptyPayment, mergePaymentFacts, type WholePayment } from "../../../functions/src/payments/merge.ts";
import { toFacts, toLines } from "./providerNews.ts";
import type { Rules } from "./rules.ts";
import { requirePrice, type Currency } from "./world/catalogue.ts";
import type { WorldInvoice } from "./world/types.ts";
import type { World } from "./world/world.ts";

type Free = ReturnType<Rules["giveFreeTime"]>["free"];

/** The credits that payments give each user by these rules, before spending and expiry. */
export function toGranted(world: World, rules: Rules): Map<string, number> {
  const books = new Books(rules);
  for (const invoice of world.news) books.apply(invoice);
  return books.toGranted();
}

/** Our payments, and what users have had for free, as the product would store them. */
class Books {
  readonly #rules: Rules;
  readonly #payments = new Map<string, WholePayment>();
  readonly #free = new Map<string, Free>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  apply(invoice: WorldInvoice): void {
    const { invoiceId, createdAt } = invoice;
    const before = this.#payments.get(invoiceId) ?? { payment: this.#open(invoice), hidden: undefined };
    this.#payments.set(invoiceId, mergePaymentFacts(before, toFacts(invoice), new Date(createdAt)));
  }

  toGranted(): Map<string, number> {
    const granted = new Map<string, number>();
    for (const { payment } of this.#payments.values()) {
      const { credits, taken = 0 } = this.#rules.toEntitlement(payment);
      granted.set(payment.userId, (granted.get(payment.userId) ?? 0) + credits - taken);
    }
    return granted;
  }

  #open(invoice: WorldInvoice): Payment {
    const { userId, currency, createdAt, total, subscriptionId } = invoice;
    const at = new Date(createdAt);
    const { creditsAmount, ...paid } =
      subscriptionId === null ? this.#toOrderWorth(invoice) : this.#toInvoiceWorth(invoice);
    return {
      ...emptyPayment,
      ...paid,
      userId,
      provider: "stripe",
      sessionId: null,
      productId: invoice.lines[0]?.productId ?? "",
      amount: Math.max(0, total),
      currency,
      worth: { creditsAmount, subscriptionDays: null },
      metadata: {},
      createdAt: at,
      updatedAt: at,
    };
  }

  #toInvoiceWorth(invoice: WorldInvoice): ReturnType<Rules["toPaidLines"]> {
    const { userId, currency, createdAt } = invoice;
    const worth = this.#rules.toInvoiceWorth(
      { lines: toLines(invoice) },
      {
        readPrice: ({ priceId }) => toLinePrice(priceId, currency),
        readCredited: (line) => this.#readCredited(line),
      },
      { productId: "", subscriptionDays: null },
    );
    const given = worth.freeLines.filter(({ line }) => {
      const wanted = { userId, key: line.lineId, ...line.period };
      return this.#claim(`${userId} ${line.productId}`, (known) =>
        this.#rules.giveFreeTime(known, wanted, new Date(createdAt)),
      );
    });
    return this.#rules.toPaidLines(worth, new Set(given.map(({ line }) => line.lineId)));
  }

  /** Something free counts once, however many units were ordered. */
  #toOrderWorth({ invoiceId, userId, total, lines, createdAt }: WorldInvoice): { creditsAmount: number } {
    const [line] = lines;
    if (!line) return { creditsAmount: 0 };
    const { credits, freeTimes: times } = requirePrice(line.priceId);
    if (total > 0) return { creditsAmount: credits * line.quantity };
    const wanted = { userId, paymentId: invoiceId, times };
    const isGiven = this.#claim(`${userId} ${line.productId}`, (known) =>
      this.#rules.giveFreeOrder(known, wanted, new Date(createdAt)),
    );
    return { creditsAmount: isGiven ? credits : 0 };
  }

  #claim(key: string, decide: (known: Free | undefined) => { isGiven: boolean; free: Free }): boolean {
    const { isGiven, free } = decide(this.#free.get(key));
    this.#free.set(key, free);
    return isGiven;
  }

  #readCredited({ credited }: InvoiceLine): readonly KnownLine[] {
    const lines = this.#payments.get(credited?.invoiceId ?? "")?.payment.lines ?? {};
    const found = (credited?.lineIds ?? []).map((lineId) => lines[lineId]);
    return found.every((line) => line !== undefined) ? found : [];
  }
}

/** A price without credits is none that a line can be worth. */
function toLinePrice(priceId: string, currency: Currency): LinePrice {
  const { credits, amounts, interval } = requirePrice(priceId);
  return {
    worth: { creditsAmount: credits, subscriptionDays: null },
    unitAmount: amounts[currency],
    isFree: amounts[currency] === 0,
    interval,
    intervalCount: 1,
  };
}
