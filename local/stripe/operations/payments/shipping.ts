import type { Stripe } from "stripe";
import { addressParam, toAddress } from "../../platform/address.ts";
import { missingParameter } from "../../platform/errors.ts";
import { object, string, type Decoded } from "../../platform/params.ts";

const fields = {
  address: addressParam,
  carrier: string(),
  name: string(),
  phone: string(),
  tracking_number: string(),
};

/** Where something is sent to; it is kept and shown, and costs nothing. */
export const shippingParam = object(fields);

type ShippingParam = Decoded<typeof fields> | undefined;

/** Refuses shipping without its recipient or without an address, as Stripe does. */
export function requireShipping(shipping: ShippingParam, param: string): void {
  if (shipping === undefined) return;
  if (shipping.name === undefined) throw missingParameter(`${param}[name]`);
  if (shipping.address === undefined) throw missingParameter(`${param}[address]`);
}

export function toShipping(shipping: ShippingParam): Stripe.PaymentIntent.Shipping | null {
  if (shipping === undefined) return null;
  const { address, carrier = null, name = "", phone = null, tracking_number: tracking = null } = shipping;
  const shown = toAddress(address);
  return { ...(shown && { address: shown }), carrier, name, phone, tracking_number: tracking };
}
