import { CHECKOUT_PATH, collectsMethod } from "../../objects/checkout/sessions.ts";
import { bankDebitFor } from "../../objects/payments/bankDebits.ts";
import { cardFields, field, type FormState } from "../page/cardForm.ts";
import { hints } from "../page/hints.ts";
import { html, type Html } from "../page/html.ts";
import { money, type Sale } from "./money.ts";

/** The form the buyer pays with; it works without scripts. */
export function paymentForm(sale: Sale, state: FormState): Html {
  const { session } = sale;
  const free = !collectsMethod(session);
  return html`<section class="panel" aria-labelledby="pay-heading">
    <h2 id="pay-heading">${free ? "Complete your order" : "Payment"}</h2>
    ${state.alert !== undefined && html`<p class="alert" role="alert">${state.alert}</p>`}
    <form method="post" action="${CHECKOUT_PATH}${session.id}" novalidate>
      <input type="hidden" name="action" value="pay" />
      ${emailField(sale, state)}
      ${free ? html`<p class="note">${session.mode === "subscription" ? "Nothing to pay today." : "Nothing to pay."}</p>` : methods(sale, state)}
      <button class="button" type="submit">${buttonText(sale)}</button>
    </form>
    ${!free && hints(`${CHECKOUT_PATH}${session.id}`, { kept: session.amount_total === 0 })}
  </section>`;
}

function buttonText(sale: Sale): string {
  const { amount_total: amount, mode, submit_type: type } = sale.session;
  if (mode === "subscription") return amount === 0 ? "Start subscription" : "Subscribe";
  if (amount === 0) return "Complete order";
  const verb = type === "book" ? "Book" : type === "donate" ? "Donate" : "Pay";
  return `${verb} ${money(sale, amount)}`;
}

function emailField({ session }: Sale, state: FormState): Html {
  const known = session.customer_details?.email;
  if (known) {
    return html`<p class="field">
      <span class="label">Email</span><span data-testid="email">${known}</span>
    </p>`;
  }
  return field(state, {
    name: "email",
    label: "Email",
    type: "email",
    autocomplete: "email",
    placeholder: "you@example.com",
  });
}

function methods(sale: Sale, state: FormState): Html {
  const { payment_method_types: types, currency } = sale.session;
  const debit = bankDebitFor(currency ?? "");
  const offersDebit = debit !== undefined && types.includes(debit);
  const offersCard = types.includes("card");
  const chosen = offersCard && (state.entered.method === "card" || !offersDebit) ? "card" : "bank_debit";
  return html`<fieldset>
    <legend>Payment method</legend>
    ${offersCard && method({ value: "card", label: "Card", checked: chosen === "card" }, cardFields(state))}
    ${
      offersDebit &&
      method(
        { value: "bank_debit", label: debitLabels[debit], checked: chosen === "bank_debit" },
        html`<p class="note">
          The order is placed now; the money arrives later, when the payment is settled through the control
          API.
        </p>`,
      )
    }
  </fieldset>`;
}

const debitLabels = {
  us_bank_account: "Bank debit (ACH)",
  sepa_debit: "Bank debit (SEPA)",
  bacs_debit: "Bank debit (Bacs)",
};

function method(
  { value, label, checked }: { value: string; label: string; checked: boolean },
  inside: Html,
): Html {
  return html`<div class="method">
    <label><input type="radio" name="method" value="${value}" ${checked && html`checked`} />${label}</label>
    <div class="inside">${inside}</div>
  </div>`;
}
