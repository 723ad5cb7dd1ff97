import type { Stripe } from "stripe";
import { formatAmount } from "../money/currencies.ts";
import { idOf } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** A session as the page shows it. */
export interface Sale {
  readonly session: Stripe.Checkout.Session;
  readonly items: readonly Stripe.LineItem[];
  readonly store: Store;
  /** A problem with the promotion code that was just entered. */
  readonly promotionError?: string | undefined;
}

/** An amount in the session's currency and language. */
export function money({ session }: Sale, amountMinor: number | null): string {
  const { currency, locale } = session;
  return formatAmount(
    amountMinor ?? 0,
    currency ?? "usd",
    locale === null || locale === "auto" ? "en-US" : locale,
  );
}

/** What is bought, and what it costs. */
export function summary(sale: Sale): Html {
  const { session, items } = sale;
  return html`<section aria-labelledby="due">
    <h1 id="due" class="due">${session.submit_type === "donate" ? "Your donation" : "Your order"}</h1>
    <p class="amount" data-testid="amount">${money(sale, session.amount_total)}</p>
    <ul class="items">
      ${items.map((item) => lineItem(sale, item))}
    </ul>
    ${totals(sale)}${promotion(sale)}
  </section>`;
}

function lineItem(sale: Sale, item: Stripe.LineItem): Html {
  const product = sale.store.products.read(idOf(item.price?.product) ?? "");
  const quantity = item.quantity ?? 1;
  return html`<li>
    <div>
      <p class="name">${item.description}</p>
      ${product?.description && html`<p class="note">${product.description}</p>`}
      <p class="note">
        Qty ${quantity}${quantity > 1 && html`, ${money(sale, item.price?.unit_amount ?? 0)} each`}
      </p>
    </div>
    <p class="price">${money(sale, item.amount_subtotal)}</p>
  </li>`;
}

function totals(sale: Sale): Html | false {
  const { session } = sale;
  const discount = session.total_details?.amount_discount ?? 0;
  if (discount === 0) return false;
  return html`<dl class="totals">
    <div>
      <dt>Subtotal</dt>
      <dd>${money(sale, session.amount_subtotal)}</dd>
    </div>
    <div>
      <dt>${discountName(sale)}</dt>
      <dd>−${money(sale, discount)}</dd>
    </div>
    <div class="total">
      <dt>Total due</dt>
      <dd>${money(sale, session.amount_total)}</dd>
    </div>
  </dl>`;
}

function discountName({ session, store }: Sale): string {
  const discount = session.discounts?.[0];
  const code = store.promotionCodes.read(idOf(discount?.promotion_code) ?? "");
  const coupon = store.coupons.read(idOf(discount?.coupon) ?? idOf(code?.promotion.coupon) ?? "");
  return code === undefined ? (coupon?.name ?? "Discount") : `Promotion code ${code.code}`;
}

function promotion({ session, promotionError }: Sale): Html | false {
  if (session.allow_promotion_codes !== true) return false;
  const action = `/c/pay/${session.id}`;
  if ((session.discounts ?? []).length > 0) {
    return html`<form class="promotion" method="post" action="${action}">
      <input type="hidden" name="action" value="remove_promotion_code" />
      <button class="quiet" type="submit">Remove promotion code</button>
    </form>`;
  }
  const invalid = promotionError !== undefined;
  return html`<form class="promotion" method="post" action="${action}">
    <input type="hidden" name="action" value="apply_promotion_code" />
    <label for="promotion_code">Promotion code</label>
    <div class="inline">
      <input
        type="text"
        id="promotion_code"
        name="promotion_code"
        autocomplete="off"
        aria-invalid="${String(invalid)}"
        ${invalid && html`aria-describedby="promotion_code_error"`}
      />
      <button class="quiet" type="submit">Apply</button>
    </div>
    ${invalid && html`<p class="error" id="promotion_code_error" role="alert">${promotionError}</p>`}
  </form>`;
}
