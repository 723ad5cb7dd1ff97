import type { WorldInvoice, WorldSubscription } from "./types.ts";

/**
 * One account at Stripe as far as money matters, without anything random: users, their subscriptions, invoices and
 * balances. Time stands still except in `playMove`.
 */
export class World {
  now = Date.UTC(2030, 0, 10, 12);
  readonly subscriptions: WorldSubscription[] = [];
  readonly invoices: WorldInvoice[] = [];
  /** Minor units that the account owes a customer, by user and currency. */
  readonly #balances = new Map<string, number>();
  /** Every invoice each time that something happened to it. */
  readonly news: WorldInvoice[] = [];
  #count = 0;

  newId(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#count}`;
  }

  /** Live subscriptions of a user. */
  liveOf(userId: string): WorldSubscription[] {
    return this.subscriptions.filter((known) => known.userId === userId && known.status !== "canceled");
  }

  invoicesOf(userId: string): WorldInvoice[] {
    return this.invoices.filter((invoice) => invoice.userId === userId);
  }

  readBalance({ payerId, currency }: Purse): number {
    return this.#balances.get(`${payerId} ${currency}`) ?? 0;
  }

  addToBalance(purse: Purse, amount: number): void {
    this.#balances.set(`${purse.payerId} ${purse.currency}`, this.readBalance(purse) + amount);
  }

  report(invoice: WorldInvoice): void {
    this.news.push(invoice);
  }
}

type Purse = Pick<WorldInvoice, "payerId" | "currency">;
