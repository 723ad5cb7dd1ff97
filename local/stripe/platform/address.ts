import { emptyable, object, string, type Decoded } from "./params.ts";

const fields = {
  city: emptyable(string()),
  country: emptyable(string()),
  line1: emptyable(string()),
  line2: emptyable(string()),
  postal_code: emptyable(string()),
  state: emptyable(string()),
};

export const addressParam = object(fields);

/** An address as Stripe shows it: with every field. */
export interface Address {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
}

export function toAddress(address: Decoded<typeof fields> | null | undefined): Address | null {
  if (address === undefined || address === null) return null;
  const {
    city = null,
    country = null,
    line1 = null,
    line2 = null,
    postal_code = null,
    state = null,
  } = address;
  return { city, country, line1, line2, postal_code, state };
}
