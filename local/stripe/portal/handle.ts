import type { IncomingMessage, ServerResponse } from "node:http";
import type { Stripe } from "stripe";
import type { App } from "../app.ts";
import { ApiError } from "../api/errors.ts";
import { decodeForm } from "../api/form.ts";
import type { Form } from "../api/form.ts";
import { changeMethod } from "../billing/changeMethod.ts";
import { subscriptionsOf } from "../billing/subscriptions.ts";
import { updateSubscription } from "../billing/update.ts";
import { NOTHING_ENTERED, prefilled, readEntered, validate } from "../page/form.ts";
import { redirect, sendMessage, sendPage } from "../page/layout.ts";
import type { FormState } from "../page/payment.ts";
import { PORTAL_PATH } from "../resources/billingPortal.ts";
import { readBody } from "../server/http.ts";
import { portalBody } from "./page.ts";

/** How long an address works, in seconds. */
const LIFETIME = 60 * 60;

const NOTICES: Readonly<Record<string, string>> = {
  cancel: "The subscription ends with its period.",
  resume: "The subscription goes on.",
  card: "The new card will be used from now on.",
};

interface Visit {
  readonly app: App;
  readonly response: ServerResponse;
  readonly session: Stripe.BillingPortal.Session;
  readonly customer: Stripe.Customer;
  readonly path: string;
}

/** Answers a request to the billing portal. Only POST changes anything. */
export async function handlePortal(
  app: App,
  { request, response, url }: { request: IncomingMessage; response: ServerResponse; url: URL },
): Promise<void> {
  const body = await readBody(request);
  app.runDue();
  const session = app.store.portalSessions.get(url.pathname.slice(PORTAL_PATH.length));
  const customer = app.store.customers.read(session?.customer ?? "");
  if (session === undefined || customer === undefined) {
    sendMessage(response, 404, { heading: "Page not found", text: "There is no billing portal here." });
    return;
  }
  if (app.clock.now() >= session.created + LIFETIME) {
    sendMessage(response, 410, {
      heading: "This link has expired",
      text: "Please open the billing portal from the shop again.",
      link:
        session.return_url === null ? undefined : { href: session.return_url, label: "Return to the shop" },
    });
    return;
  }
  const visit = { app, response, session, customer, path: url.pathname };
  if (request.method === "POST") post(visit, decodeForm(body));
  else if (request.method === "GET" || request.method === "HEAD") {
    show(visit, 200, { entered: prefilled(url), errors: {} }, url.searchParams.get("done") ?? "");
  } else response.writeHead(405, { Allow: "GET, HEAD, POST" }).end();
}

function show(visit: Visit, status: number, state: FormState, done = ""): void {
  const { app, response, session, customer, path } = visit;
  sendPage(response, status, {
    title: "Billing · Local Stripe",
    body: portalBody({ session, customer, store: app.store, path, notice: NOTICES[done] }, state),
  });
}

function post(visit: Visit, form: Form): void {
  const action = form.get("action");
  if (action === "card") saveCard(visit, form);
  else if (action === "cancel" || action === "resume") changeEnding(visit, form, action);
  else show(visit, 400, { entered: NOTHING_ENTERED, errors: {} });
  visit.app.armDue();
}

function changeEnding(visit: Visit, form: Form, action: "cancel" | "resume"): void {
  const { app, response, customer, path } = visit;
  const id = form.get("subscription");
  const subscription = subscriptionsOf(app, customer.id).find((own) => own.id === id);
  if (subscription === undefined) {
    show(visit, 404, { entered: NOTHING_ENTERED, errors: {} });
    return;
  }
  updateSubscription(app.context(null), subscription, { cancel_at_period_end: action === "cancel" });
  redirect(response, `${path}?done=${action}`);
}

function saveCard(visit: Visit, form: Form): void {
  const { app, response, customer, path } = visit;
  const entered = { ...readEntered(form), method: "card" as const };
  const checked = validate(entered, {
    free: false,
    knownEmail: customer.email ?? "",
    nowMs: app.clock.nowMs(),
  });
  if (checked.outcome === "invalid") {
    show(visit, 422, { entered, errors: checked.errors, alert: "Please check the card." });
    return;
  }
  try {
    changeMethod(app.context(null), customer, checked);
    redirect(response, `${path}?done=card`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    show(visit, 402, { entered: { ...entered, cvc: "" }, errors: {}, alert: error.message });
  }
}
