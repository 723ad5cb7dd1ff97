import type { IncomingMessage, ServerResponse } from "node:http";
import type { Stripe } from "stripe";
import { CHECKOUT_PATH, collectsMethod } from "../../objects/checkout/sessions.ts";
import type { Account } from "../../operations/account/account.ts";
import { paySession } from "../../operations/checkout/pay.ts";
import { enterPromotionCode, removePromotionCode } from "../../operations/checkout/promotion.ts";
import { ApiError } from "../../platform/errors.ts";
import type { Form } from "../../platform/params.ts";
import type { FormState } from "../page/cardForm.ts";
import { nothingEntered, prefilled, readEntered, validate, type Entered } from "../page/form.ts";
import { html } from "../page/html.ts";
import { badge, redirect, sendMessage, sendPage } from "../page/layout.ts";
import { readBody } from "../wire/body.ts";
import { decodeForm } from "../wire/form.ts";
import { paymentForm } from "./payment.ts";
import { summary } from "./summary.ts";

interface Visit {
  account: Account;
  response: ServerResponse;
  session: Stripe.Checkout.Session;
}

/** Answers a request to the hosted checkout page. Only POST changes anything. */
export async function handleCheckoutPage(
  account: Account,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const body = await readBody(request);
  account.runDue();
  const session = account.store.sessions.read(url.pathname.slice(CHECKOUT_PATH.length));
  if (session === undefined) {
    sendMessage(response, 404, {
      heading: "Checkout not found",
      text: "There is no checkout session at this address.",
    });
    return;
  }
  const visit = { account, response, session };
  if (request.method === "POST") post(visit, decodeForm(body));
  else if (request.method === "GET" || request.method === "HEAD") show(visit, prefilled(url));
  else response.writeHead(405, { Allow: "GET, HEAD, POST" }).end();
}

function post(visit: Visit, form: Form): void {
  const { account, response, session } = visit;
  // If the form is submitted twice, the order is already complete, and the browser is sent to the same place again.
  if (session.status === "complete") redirect(response, returnUrl(session, "success"));
  else if (session.status === "expired") show(visit, nothingEntered);
  else {
    const action = form.get("action");
    if (action === "apply_promotion_code" || action === "remove_promotion_code")
      changeCode(visit, form, action);
    else pay(visit, readEntered(form));
    account.armDue();
  }
}

function pay(visit: Visit, entered: Entered): void {
  const { account, response, session } = visit;
  const knownEmail = session.customer_details?.email ?? null;
  const checked = validate(entered, {
    free: !collectsMethod(session),
    knownEmail,
    nowMs: account.clock.nowMs(),
  });
  if (checked.outcome === "invalid") {
    showForm(visit, 422, { entered, errors: checked.errors });
    return;
  }
  const paid = paySession(account.context(null), session, checked);
  if (paid.outcome === "complete" || paid.outcome === "not_open")
    redirect(response, returnUrl(paid.session, "success"));
  else {
    const alert = paid.outcome === "declined" ? paid.error.message : problems[paid.outcome];
    showForm({ ...visit, session: account.store.sessions.read(session.id) ?? session }, 402, {
      entered: { ...entered, cvc: "" },
      errors: {},
      alert,
    });
  }
}

function changeCode(
  visit: Visit,
  form: Form,
  action: "apply_promotion_code" | "remove_promotion_code",
): void {
  const { account, response, session } = visit;
  const code = form.get("promotion_code");
  try {
    if (action === "remove_promotion_code") removePromotionCode(account.context(null), session);
    else enterPromotionCode(account.context(null), session, typeof code === "string" ? code : "");
    redirect(response, `${CHECKOUT_PATH}${session.id}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showForm(visit, 422, { entered: nothingEntered, errors: {} }, error.message);
  }
}

function show(visit: Visit, entered: Entered): void {
  const { response, session } = visit;
  if (session.status === "open") {
    showForm(visit, 200, { entered, errors: {} });
    return;
  }
  if (session.status === "complete") {
    sendMessage(response, 200, {
      heading: completedHeadings[session.payment_status] ?? "This order is complete",
      text: "There is nothing left to do here. You can close this page.",
      link: { href: returnUrl(session, "success"), label: "Return to the shop" },
    });
    return;
  }
  const href = session.cancel_url === null ? undefined : returnUrl(session, "cancel");
  sendMessage(response, 410, {
    heading: "This checkout has expired",
    text: "Nothing was charged. Please start again from the shop.",
    link: href === undefined ? undefined : { href, label: "Return to the shop" },
  });
}

const problems = {
  unsupported_method: "Choose one of the payment methods offered.",
  customer_deleted: "Something went wrong: please start again from the shop.",
};

const completedHeadings: Readonly<Record<string, string>> = {
  paid: "You have already paid",
  unpaid: "Your payment is on its way",
  no_payment_required: "Your order is complete",
};

function showForm(
  { account, response, session }: Visit,
  status: number,
  state: FormState,
  promotionError?: string,
): void {
  const items = account.store.checkoutDetails.get(session.id)?.lineItems ?? [];
  const sale = { session, items, store: account.store, nowMs: account.clock.nowMs(), promotionError };
  sendPage(response, status, {
    title: "Checkout · Local Stripe",
    body: html`<main class="shell">
      <div class="bar">
        ${
          session.cancel_url === null
            ? html`<span></span>`
            : html`<a class="back" href="${returnUrl(session, "cancel")}">← Cancel and return to the shop</a>`
        }
        ${badge}
      </div>
      <div class="columns">${summary(sale)}${paymentForm(sale, state)}</div>
      <footer>This page stands in for Stripe Checkout on a developer's machine. No real money moves.</footer>
    </main>`,
  });
}

function returnUrl(session: Stripe.Checkout.Session, ending: "success" | "cancel"): string {
  const url = ending === "success" ? session.success_url : session.cancel_url;
  return (url ?? "").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}
