import * as z from "zod";
import { checkoutModes, paymentStatuses, sessionStatuses } from "../contract/codes.ts";
import type * as contract from "../contract/documents.ts";
import { disputeFactSchema, paymentFactsSchema, thawFactSchema } from "../model/facts.ts";
import { currency, minorUnits } from "../model/money.ts";
import { orderShape } from "../model/order.ts";
import { toFlatWorth, toNestedWorth, worthSchema, type WithWorth } from "../model/worth.ts";
import { documentOf, translatedDocumentOf } from "../platform/document.ts";
import { providerName } from "../platform/ids.ts";
import { instant, stamps } from "../platform/instant.ts";
import { readsExactly } from "../platform/schema.ts";

const providerData = z.record(z.string(), z.string());

export const paymentSessionSchema = readsExactly<contract.PaymentSession>()(
  z.object({
    ...orderShape,
    ...worthSchema.shape,
    provider: providerName,
    mode: z.enum(checkoutModes),
    amount: minorUnits,
    status: z.enum(sessionStatuses),
    paymentId: z.string().nullable(),
    successUrl: z.string(),
    cancelUrl: z.string(),
    expiresAt: instant,
    providerData,
    ...stamps,
  }),
);

const credits = z.int().min(0);

export const paymentLineSchema = readsExactly<contract.PaymentLine>()(
  z.object({
    priceId: z.string(),
    amount: z.int(),
    isDiscounted: z.boolean(),
    credits: z.number(),
    share: z.number().min(0),
    periodStart: instant,
    periodEnd: instant,
  }),
);

export const paymentSchema = readsExactly<contract.Payment>()(
  z.object({
    ...worthSchema.shape,
    userId: z.string(),
    provider: providerName,
    sessionId: z.string().nullable(),
    livemode: z.boolean().exactOptional(),
    productId: z.string(),
    amount: minorUnits,
    currency,
    status: z.enum(paymentStatuses),
    amountRefunded: minorUnits,
    amountChargedBack: minorUnits,
    amountFromBalance: minorUnits.exactOptional(),
    amountCredited: minorUnits.exactOptional(),
    amountForgiven: minorUnits.exactOptional(),
    creditsTaken: credits.exactOptional(),
    takenFrom: z.array(z.string()).exactOptional(),
    lines: z.record(z.string(), paymentLineSchema).exactOptional(),
    paidAt: instant.nullable(),
    providerData,
    metadata: z.record(z.string(), z.string()),
    facts: paymentFactsSchema,
    ...stamps,
  }),
);

/** What booking credits needs. A payment's other fields are not read, so an unreadable one does no harm. */
export const creditablePaymentSchema = paymentSchema
  .pick({
    userId: true,
    amount: true,
    amountRefunded: true,
    amountChargedBack: true,
    amountFromBalance: true,
    amountCredited: true,
    amountForgiven: true,
    creditsTaken: true,
    takenFrom: true,
    status: true,
    paidAt: true,
  })
  .extend(worthSchema.shape);

export type PaymentSession = WithWorth<contract.PaymentSession>;
export type Payment = WithWorth<contract.Payment>;
export type CreditablePayment = WithWorth<z.infer<typeof creditablePaymentSchema>>;

export const sessionDocument = translatedDocumentOf<typeof paymentSessionSchema, PaymentSession>(
  paymentSessionSchema,
  {
    toValue: toNestedWorth,
    toStored: toFlatWorth,
  },
);
export const paymentDocument = translatedDocumentOf<typeof paymentSchema, Payment>(paymentSchema, {
  toValue: toNestedWorth,
  toStored: toFlatWorth,
});
export const creditablePaymentDocument = translatedDocumentOf<
  typeof creditablePaymentSchema,
  CreditablePayment
>(creditablePaymentSchema, { toValue: toNestedWorth, toStored: toFlatWorth });

/**
 * `customers/{uid}/free/{provider}_{productId}`: what a user has had of a product without being asked for money. It is read
 * and written only when that happens.
 */
const freeSchema = z.object({
  userId: z.string(),
  /** The time of each free line of an invoice, by the provider's id of the line. */
  windows: z.record(z.string(), z.object({ start: instant, end: instant })),
  /** The ids of the free payments of one-time orders. */
  orders: z.array(z.string()),
  ...stamps,
});

export type Free = z.output<typeof freeSchema>;
export const freeDocument = documentOf(freeSchema);

/**
 * `payments/{paymentId}/private/facts`: what of a payment's facts is not for its user. Whoever writes it writes the payment,
 * too, so that who has read a payment can tell whether it is still as it was.
 */
export const privateFactsSchema = z.object({
  /** What banks say, by the provider's id of the dispute or warning. */
  disputes: z.record(z.string(), disputeFactSchema).default({}),
  /** By the provider's id of the warning. */
  thaws: z.record(z.string(), thawFactSchema),
  /** Whether fraud warnings freeze the payment, and since when. */
  frozen: z.boolean().default(false),
  frozenSince: instant.nullable().default(null),
  ...stamps,
});

export type PrivateFacts = z.output<typeof privateFactsSchema>;
export const privateFactsDocument = documentOf(privateFactsSchema);
