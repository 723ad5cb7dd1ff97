import * as z from "zod";

/** Whole minor units of a currency: cents, or yen. */
export const minorUnits = z.int().min(0);
/** A lowercase ISO 4217 code. */
export const currency = z.string().regex(/^[a-z]{3}$/);
