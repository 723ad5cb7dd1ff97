import type { Stripe } from "stripe";
import { CHECKOUT_PATH } from "../../objects/checkout/sessions.ts";
import { idOf } from "../../objects/store/store.ts";
import { html, type Html } from "../page/html.ts";
import { money, unitAmountOf, type Sale } from "./money.ts";
import { billedText, recurringAmount, trialTexts } from "./recurring.ts";

/** What is bought, and what it costs. */
export function summary(sale: Sale): Html {
  const { items } = sale;
  return html`<section aria-labelledby="due">
    <h1 id="due" class="due">${heading(sale)}</h1>
    ${due(sale)}
    <ul class="items">
      ${items.map((item) => lineItem(sale, item))}
    </ul>
    ${totals(sale)}${promotion(sale)}
  </section>`;
}

function heading({ session, items }: Sale): string {
  if (session.mode !== "subscription")
    return session.submit_type === "donate" ? "Your donation" : "Your order";
  const more = items.length > 1 ? ` and ${items.length - 1} more` : "";
  return `Subscribe to ${items[0]?.description ?? "your plan"}${more}`;
}

function due(sale: Sale): Html {
  const { session } = sale;
  const trial = session.mode === "subscription" ? trialTexts(sale) : undefined;
  if (trial !== undefined) {
    return html`<p class="amount" data-testid="amount">${trial.free}</p>
      <p class="note then" data-testid="then">${trial.next}</p>`;
  }
  const amount = session.mode === "subscription" ? recurringAmount(sale) : money(sale, session.amount_total);
  return html`<p class="amount" data-testid="amount">${amount}</p>`;
}

function lineItem(sale: Sale, item: Stripe.LineItem): Html {
  const product = sale.store.products.read(idOf(item.price?.product) ?? "");
  const quantity = item.quantity ?? 1;
  const recurring = item.price?.recurring;
  const amount = recurring ? unitAmountOf(sale, item) * quantity : item.amount_subtotal;
  return html`<li>
    <div>
      <p class="name">${item.description}</p>
      ${product?.description && html`<p class="note">${product.description}</p>`}
      <p class="note">
        Qty ${quantity}${quantity > 1 && html`, ${money(sale, unitAmountOf(sale, item))} each`}
      </p>
      ${recurring && html`<p class="note">${billedText(recurring)}</p>`}
    </div>
    <p class="price">${money(sale, amount)}</p>
  </li>`;
}

function totals(sale: Sale): Html | false {
  const { session } = sale;
  if (session.mode === "subscription") return dueToday(sale);
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

function dueToday(sale: Sale): Html {
  return html`<dl class="totals">
    <div class="today">
      <dt>Total due today</dt>
      <dd data-testid="today">${money(sale, sale.session.amount_total)}</dd>
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
  const action = `${CHECKOUT_PATH}${session.id}`;
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
