import type { IncomingMessage, ServerResponse } from "node:http";
import type { Stripe } from "stripe";
import { subscriptionsOf } from "../../objects/billing/subscriptions.ts";
import { PORTAL_PATH } from "../../objects/portal/portalSessions.ts";
import type { Account } from "../../operations/account/account.ts";
import { changeMethod } from "../../operations/billing/changeMethod.ts";
import { updateSubscription } from "../../operations/billing/update.ts";
import { ApiError } from "../../platform/errors.ts";
import type { Form } from "../../platform/params.ts";
import type { FormState } from "../page/cardForm.ts";
import { nothingEntered, prefilled, readEntered, validate } from "../page/form.ts";
import { redirect, sendMessage, sendPage } from "../page/layout.ts";
import { readBody } from "../wire/body.ts";
import { decodeForm } from "../wire/form.ts";
import { portalBody } from "./page.ts";

/** How long a portal session's address works, in seconds. */
const LIFETIME = 60 * 60;

const notices: Readonly<Record<string, string>> = {
  cancel: "The subscription ends with its period.",
  resume: "The subscription goes on.",
  card: "The new card will be used from now on.",
};

interface Visit {
  account: Account;
  response: ServerResponse;
  session: Stripe.BillingPortal.Session;
  customer: Stripe.Customer;
  path: string;
}

/** Answers a request to the billing portal. Only POST changes anything. */
export async function handlePortalPage(
  account: Account,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const body = await readBody(request);
  account.runDue();
  const session = account.store.portalSessions.get(url.pathname.slice(PORTAL_PATH.length));
  const customer = account.store.customers.read(session?.customer ?? "");
  if (session === undefined || customer === undefined) {
    sendMessage(response, 404, { heading: "Page not found", text: "There is no billing portal here." });
    return;
  }
  if (account.clock.now() >= session.created + LIFETIME) {
    sendMessage(response, 410, {
      heading: "This link has expired",
      text: "Please open the billing portal from the shop again.",
      link:
        session.return_url === null ? undefined : { href: session.return_url, label: "Return to the shop" },
    });
    return;
  }
  const visit = { account, response, session, customer, path: url.pathname };
  if (request.method === "POST") post(visit, decodeForm(body));
  else if (request.method === "GET" || request.method === "HEAD") {
    show(visit, 200, { entered: prefilled(url), errors: {} }, url.searchParams.get("done") ?? "");
  } else response.writeHead(405, { Allow: "GET, HEAD, POST" }).end();
}

function show(visit: Visit, status: number, state: FormState, done = ""): void {
  const { account, response, session, customer, path } = visit;
  sendPage(response, status, {
    title: "Billing · Local Stripe",
    body: portalBody({ session, customer, store: account.store, path, notice: notices[done] }, state),
  });
}

function post(visit: Visit, form: Form): void {
  const action = form.get("action");
  if (action === "card") saveCard(visit, form);
  else if (action === "cancel" || action === "resume") changeEnding(visit, form, action);
  else show(visit, 400, { entered: nothingEntered, errors: {} });
  visit.account.armDue();
}

function changeEnding(visit: Visit, form: Form, action: "cancel" | "resume"): void {
  const { account, response, customer, path } = visit;
  const id = form.get("subscription");
  const subscription = subscriptionsOf(account, customer.id).find((own) => own.id === id);
  if (subscription === undefined) {
    show(visit, 404, { entered: nothingEntered, errors: {} });
    return;
  }
  const ending = action === "cancel" ? toPortalEnding(subscription) : { cancel_at: null };
  updateSubscription(account.context(null), subscription, ending);
  redirect(response, `${path}?done=${action}`);
}

/**
 * How the portal says that a subscription is to end.
 * Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Cancellations in the Customer Portal"
 */
function toPortalEnding({ billing_mode: { type } }: Stripe.Subscription) {
  return type === "flexible"
    ? ({ cancel_at: "max_period_end" } as const)
    : ({ cancel_at_period_end: true } as const);
}

function saveCard(visit: Visit, form: Form): void {
  const { account, response, customer, path } = visit;
  const entered = { ...readEntered(form), method: "card" as const };
  const checked = validate(entered, {
    free: false,
    knownEmail: customer.email ?? "",
    nowMs: account.clock.nowMs(),
  });
  if (checked.outcome === "invalid") {
    show(visit, 422, { entered, errors: checked.errors, alert: "Please check the card." });
    return;
  }
  try {
    changeMethod(account.context(null), customer, checked);
    redirect(response, `${path}?done=card`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    show(visit, 402, { entered: { ...entered, cvc: "" }, errors: {}, alert: error.message });
  }
}
