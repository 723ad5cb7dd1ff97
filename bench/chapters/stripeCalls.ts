import type { Stripe } from "stripe";

/** Asks Stripe directly, again and again, for a checkout like one of ours. */
export async function createLike(stripe: Stripe, sessionId: string): Promise<() => Promise<unknown>> {
  const model = await stripe.checkout.sessions.retrieve(sessionId, { expand: ["line_items"] });
  const params = toParams(model);
  return () => stripe.checkout.sessions.create(params);
}

/** Asks Stripe how a checkout stands, as our adapter does. */
export async function retrieve(stripe: Stripe, sessionId: string): Promise<unknown> {
  const expand = ["payment_intent.latest_charge", "invoice.payments"];
  return await stripe.checkout.sessions.retrieve(sessionId, { expand });
}

function toParams(session: Stripe.Checkout.Session): Stripe.Checkout.SessionCreateParams {
  const { metadata, customer, client_reference_id: reference, success_url: successUrl } = session;
  const price = session.line_items?.data[0]?.price?.id;
  if (typeof customer !== "string" || price === undefined || !metadata || !successUrl)
    throw new Error("Cannot copy the session: it is not one of ours");
  return {
    mode: "payment",
    customer,
    ...(reference !== null && { client_reference_id: reference }),
    line_items: [{ price, quantity: 1 }],
    success_url: successUrl,
    metadata,
    payment_intent_data: { metadata },
  };
}
