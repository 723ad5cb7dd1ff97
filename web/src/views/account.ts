import type { Account, Entry, Payment } from "../account.ts";
import { toNewestBalance, type Balance } from "../balance.ts";
import { h, show } from "../dom.ts";
import { formatCredits, formatDay, formatMoment, formatMoney, formatNumber } from "../format.ts";
import type { Catalogue } from "../products.ts";
import type { Store } from "../store.ts";
import { loading } from "./notice.ts";

const entryNames: ReadonlyMap<string, string> = new Map([
  ["grant", "Credits bought"],
  ["revoke", "Credits taken back"],
  ["spend", "Credits spent"],
  ["expire", "Credits expired"],
]);

/** The signed-in user's balance, ledger and payments, live. */
export function accountView(account: Store<Account>, catalogue: Store<Catalogue>): HTMLElement[] {
  const balance = h("section", { class: "card balance", "aria-labelledby": "balance-title", tabindex: "-1" });
  // Only the number is in here, so that a screen reader reads it out when, and only when, it changes.
  const credits = h("p", { class: "balance-credits", role: "status", "aria-live": "polite" });
  const balanceNotes = h("div");
  const entries = h("div");
  const payments = h("div");
  let shown: number | undefined;

  function renderBalance(given: Account["balance"]): void {
    if (given === undefined || given === "failed") {
      shown = undefined;
      credits.textContent = given === "failed" ? "Not available" : "…";
      return show(balanceNotes);
    }
    if (given.availableCredits !== shown) {
      credits.textContent = formatCredits(given.availableCredits);
      balance.classList.toggle("increased", shown !== undefined && given.availableCredits > shown);
      shown = given.availableCredits;
    }
    return show(balanceNotes, ...toBalanceNotes(given).map((note) => h("p", { class: "note" }, note)));
  }

  balance.append(h("h2", { id: "balance-title" }, "Available credits"), credits, balanceNotes);
  account.subscribe((given) => {
    renderBalance(toShownBalance(given));
    show(entries, list(given.entries, "No credits yet. Your first purchase shows up here.", entryItem));
  });
  const renderPayments = (): void => {
    const names = toNames(catalogue.get());
    show(
      payments,
      list(account.get().payments, "No payments yet.", (payment) => paymentItem(payment, names)),
    );
  };
  account.subscribe(renderPayments);
  catalogue.subscribe(renderPayments);
  const history = h(
    "section",
    { class: "card history", "aria-label": "History" },
    h("h2", {}, "Latest activity"),
    entries,
    h("h2", {}, "Payments"),
    payments,
  );
  return [balance, history];
}

function toShownBalance({ balance, entries }: Account): Account["balance"] {
  if (typeof balance !== "object" || typeof entries !== "object") return balance;
  return toNewestBalance(balance, entries[0]);
}

function toBalanceNotes({ availableCredits, endDate, debt, frozen }: Balance): string[] {
  return [
    ...(availableCredits > 0 && endDate ? [`The last of them expire on ${formatDay(endDate)}`] : []),
    ...(debt > 0 ? [`${formatCredits(debt)} owed: your next purchase settles them first`] : []),
    ...(frozen > 0 ? [`${formatCredits(frozen)} held while a payment is disputed`] : []),
  ];
}

function list<Item>(
  items: readonly Item[] | undefined | "failed",
  empty: string,
  toItem: (item: Item) => HTMLElement,
): HTMLElement {
  if (items === undefined) return loading("Loading…");
  if (items === "failed") return h("p", { class: "empty" }, "This cannot be shown right now.");
  if (items.length === 0) return h("p", { class: "empty" }, empty);
  return h("ul", { class: "rows" }, ...items.map((item) => toItem(item)));
}

function entryItem({ type, delta, balanceAfter, createdAt }: Entry): HTMLElement {
  const sign = delta > 0 ? "+" : "";
  return row({
    title: entryNames.get(type) ?? type,
    moment: createdAt,
    value: h("span", { class: delta > 0 ? "plus" : "minus" }, `${sign}${formatNumber(delta)}`),
    note: `Balance ${formatNumber(balanceAfter)}`,
  });
}

function paymentItem(payment: Payment, names: ReadonlyMap<string, string>): HTMLElement {
  const { amount, amountRefunded, currency, status } = payment;
  const refund = amountRefunded > 0 ? `, ${formatMoney(amountRefunded, currency)} back` : "";
  return row({
    title: names.get(payment.productId) ?? payment.productId,
    moment: payment.createdAt,
    value: formatMoney(amount, currency),
    note: h("span", { class: `status status-${status}` }, `${toSentence(status)}${refund}`),
  });
}

function row(parts: { title: string; moment: Date; value: Node | string; note: Node | string }): HTMLElement {
  const time = h("time", { datetime: parts.moment.toISOString() }, formatMoment(parts.moment));
  return h(
    "li",
    {},
    h("div", {}, h("p", { class: "row-title" }, parts.title), time),
    h(
      "div",
      { class: "row-end" },
      h("p", { class: "row-value" }, parts.value),
      h("p", { class: "note" }, parts.note),
    ),
  );
}

function toNames(catalogue: Catalogue): ReadonlyMap<string, string> {
  if (typeof catalogue === "string") return new Map();
  return new Map(catalogue.map(({ productId, name }) => [productId, name]));
}

/** "partially_refunded" is "Partially refunded". */
function toSentence(status: string): string {
  const words = status.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
