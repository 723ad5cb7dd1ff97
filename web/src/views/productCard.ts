import { h } from "../dom.ts";
import { formatCount, formatCredits, formatMoney } from "../format.ts";
import type { Price, Product } from "../products.ts";

/** A product's card; its button and choice of price can be locked while a purchase is on its way. */
export interface ProductCard {
  element: HTMLElement;
  /** Where messages about buying this product go. */
  notices: HTMLElement;
  setState(state: "ready" | "buying" | "locked"): void;
}

export function productCard(product: Product, buy: (price: Price) => void): ProductCard {
  const titleId = `product-${product.productId}`;
  const credits = h("p", { class: "credits" });
  const validity = h("p", { class: "validity" });
  const price = h("p", { class: "price" });
  const button = h("button", { class: "button", type: "button", "aria-describedby": titleId }, "Buy");
  const notices = h("div", { class: "notices" });
  const choice = priceChoice(product.prices, showPrice);
  let chosen = product.prices[0];

  function showPrice(next: Price): void {
    chosen = next;
    const period = toPeriod(next);
    credits.textContent = formatCredits(next.creditsAmount);
    validity.textContent = toValidity(next);
    price.replaceChildren(
      formatMoney(next.amount, next.currency),
      period === "" ? "" : h("span", { class: "interval" }, period),
    );
  }

  button.addEventListener("click", () => buy(chosen));
  showPrice(chosen);
  const element = h(
    "article",
    { class: "card product", "aria-labelledby": titleId },
    product.image !== undefined && h("img", { src: product.image, alt: "" }),
    h("h3", { id: titleId }, product.name),
    credits,
    product.description !== "" && h("p", { class: "description" }, product.description),
    validity,
    h("div", { class: "buy" }, price, choice?.label, button),
    notices,
  );
  return {
    element,
    notices,
    setState(state) {
      button.disabled = state !== "ready";
      button.textContent = state === "buying" ? "Opening checkout…" : "Buy";
      if (choice) choice.select.disabled = state !== "ready";
    },
  };
}

/** How often a price is paid: " per month", " per 3 months", or nothing if once. */
function toPeriod({ interval, intervalCount }: Price): string {
  if (interval === null) return "";
  return ` per ${intervalCount === 1 ? interval : formatCount(intervalCount, interval)}`;
}

function toValidity({ subscriptionDays }: Price): string {
  return subscriptionDays === null ? "Never expires" : `Valid for ${formatCount(subscriptionDays, "day")}`;
}

/** The buyer's choice if a product has several prices. */
function priceChoice(
  prices: readonly Price[],
  choose: (price: Price) => void,
): { label: HTMLElement; select: HTMLSelectElement } | undefined {
  if (prices.length < 2) return undefined;
  const options = prices.map((price) => h("option", { value: price.priceId }, toOption(price)));
  const select = h("select", {}, ...options);
  select.addEventListener("change", () => {
    const chosen = prices[select.selectedIndex];
    if (chosen) choose(chosen);
  });
  return { label: h("label", { class: "price-choice" }, "Pay in", select), select };
}

function toOption(price: Price): string {
  const { amount, currency } = price;
  return `${currency.toUpperCase()} · ${formatMoney(amount, currency)}${toPeriod(price)}`;
}
