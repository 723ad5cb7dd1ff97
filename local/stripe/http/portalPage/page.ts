import type { Stripe } from "stripe";
import { productName } from "../../objects/billing/invoiceLines.ts";
import { periodOf, recurringOf, subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { idOf, type Store } from "../../objects/store/store.ts";
import { formatAmount } from "../../platform/currencies.ts";
import { cardFields, type FormState } from "../page/cardForm.ts";
import { hints } from "../page/hints.ts";
import { html, type Html } from "../page/html.ts";
import { badge } from "../page/layout.ts";
import { dateText, perInterval } from "../page/texts.ts";

/** What the portal shows to one customer. */
export interface Portal {
  session: Stripe.BillingPortal.Session;
  customer: Stripe.Customer;
  store: Store;
  /** The page's own path. */
  path: string;
  /** What was just done. */
  notice?: string | undefined;
}

const SHOWN_INVOICES = 12;

/** The customer's subscriptions, cards and invoices; it works without scripts. */
export function portalBody(portal: Portal, state: FormState): Html {
  const { session, customer, store, notice } = portal;
  const subscriptions = subscriptionsOf({ store }, customer.id);
  return html`<main class="shell narrow">
    <div class="bar">
      ${
        session.return_url === null
          ? html`<span></span>`
          : html`<a class="back" href="${session.return_url}">← Return to the shop</a>`
      }
      ${badge}
    </div>
    <h1 class="title">Your subscriptions</h1>
    ${notice !== undefined && html`<p class="alert good" role="status">${notice}</p>`}
    ${
      subscriptions.length === 0
        ? html`<section class="panel"><p class="note">There is no subscription.</p></section>`
        : subscriptions.map((subscription) => subscriptionPanel(portal, subscription))
    }
    ${methodPanel(portal, state)} ${invoicesPanel(portal)}
    <footer>
      This page stands in for Stripe's customer portal on a developer's machine. No real money moves.
    </footer>
  </main>`;
}

function subscriptionPanel(portal: Portal, subscription: Stripe.Subscription): Html {
  const { store } = portal;
  const { id, items, currency } = subscription;
  const [first] = items.data;
  const total = items.data.reduce(
    (sum, { price, quantity = 1 }) => sum + (price.unit_amount ?? 0) * quantity,
    0,
  );
  const names = items.data.map(({ price, quantity = 1 }) => {
    const name = productName(store, price);
    return quantity === 1 ? name : `${quantity} × ${name}`;
  });
  return html`<section class="panel" aria-labelledby="${id}">
    <h2 id="${id}">${names.join(", ")}</h2>
    <p class="price-line">
      ${formatAmount(total, currency)}${first !== undefined && ` ${perInterval(recurringOf(first.price))}`}
    </p>
    <p class="note" data-testid="state">${stateText(subscription)}</p>
    ${subscription.status !== "paused" && changeForm(portal, subscription)}
  </section>`;
}

function changeForm({ path }: Portal, { id, cancel_at: endsAt }: Stripe.Subscription): Html {
  const ends = endsAt !== null;
  return html`<form method="post" action="${path}">
    <input type="hidden" name="action" value="${ends ? "resume" : "cancel"}" />
    <input type="hidden" name="subscription" value="${id}" />
    <button class="quiet spaced" type="submit">${ends ? "Don't cancel" : "Cancel subscription"}</button>
  </form>`;
}

function stateText(subscription: Stripe.Subscription): string {
  const end = dateText(periodOf(subscription).end);
  const { cancel_at: endsAt } = subscription;
  if (endsAt !== null) return `Canceled: ends on ${dateText(endsAt)}`;
  switch (subscription.status) {
    case "trialing":
      return `The free trial ends on ${end}`;
    case "past_due":
    case "unpaid":
      return "The last payment failed: please give another card";
    case "paused":
      return "Paused";
    default:
      return `Renews on ${end}`;
  }
}

function methodPanel({ customer, store, path }: Portal, state: FormState): Html {
  const current = subscriptionsOf({ store }, customer.id)[0]?.default_payment_method;
  const id = idOf(current) ?? idOf(customer.invoice_settings.default_payment_method);
  const card = store.paymentMethods.read(id ?? "")?.card;
  return html`<section class="panel" aria-labelledby="method">
    <h2 id="method">Payment method</h2>
    <p class="note" data-testid="card">
      ${card === undefined ? "None yet" : `${card.brand.charAt(0).toUpperCase()}${card.brand.slice(1)} ···· ${card.last4}, expires ${card.exp_month}/${card.exp_year}`}
    </p>
    <details class="hints" ${(state.alert !== undefined || state.entered.card !== "") && html`open`}>
      <summary>Update the payment method</summary>
      ${state.alert !== undefined && html`<p class="alert" role="alert">${state.alert}</p>`}
      <form class="spaced" method="post" action="${path}" novalidate>
        <input type="hidden" name="action" value="card" />
        ${cardFields(state)}
        <button class="button" type="submit">Save card</button>
      </form>
      ${hints(path, { kept: true })}
    </details>
  </section>`;
}

function invoicesPanel({ customer, store }: Portal): Html {
  const index = { name: "customer", values: [customer.id] } as const;
  const { data } = store.invoices.page({ limit: SHOWN_INVOICES, index });
  return html`<section class="panel" aria-labelledby="invoices">
    <h2 id="invoices">Invoices</h2>
    ${
      data.length === 0
        ? html`<p class="note">There are none.</p>`
        : html`<ul class="items rows">
            ${data.map(
              ({ created, total, currency, status }) =>
                html`<li>
                  <span>${dateText(created)}</span><span class="note">${status}</span>
                  <span class="price">${formatAmount(total, currency)}</span>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
