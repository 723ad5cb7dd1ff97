import type { Stripe } from "stripe";

const SUCCESS_URL = "http://shop.test/thanks?session_id={CHECKOUT_SESSION_ID}";
const CANCEL_URL = "http://shop.test/cart?session_id={CHECKOUT_SESSION_ID}";

/** A price with a product of its own. */
export async function createPrice(
  stripe: Stripe,
  overrides: Partial<Stripe.PriceCreateParams> & { name?: string } = {},
): Promise<Stripe.Price> {
  const { name = "Credit pack", ...price } = overrides;
  const product = await stripe.products.create({ name, description: "For tests" });
  return stripe.prices.create({ currency: "usd", unit_amount: 1000, product: product.id, ...price });
}

/** The id of a price's product. */
export function productOf({ product }: Stripe.Price): string {
  return typeof product === "string" ? product : product.id;
}

/** An open checkout session for one thing. */
export async function createSession(
  stripe: Stripe,
  overrides: Stripe.Checkout.SessionCreateParams & {
    price?: Partial<Stripe.PriceCreateParams>;
  } = {},
  options: Stripe.RequestOptions = {},
): Promise<Stripe.Checkout.Session> {
  const { price: priceParams, ...params } = overrides;
  const price = await createPrice(stripe, priceParams);
  return stripe.checkout.sessions.create(
    {
      mode: "payment",
      line_items: [{ price: price.id, quantity: 1 }],
      success_url: SUCCESS_URL,
      cancel_url: CANCEL_URL,
      ...params,
    },
    options,
  );
}
