import { DocumentError } from "../../platform/errors.ts";
import { bookPayment, type BookedPayment } from "../bookPayment.ts";
import type { CreditContext } from "../decide.ts";
import { deleteWaiting, saveWaiting } from "./db.ts";

/** `isNew`: nobody has been told of it, or not with that reason. */
export type SettledPayment = BookedPayment | { outcome: "waiting"; reason: string; isNew: boolean };

/**
 * Books a payment's credits. If a document that this takes cannot be read or written, lets the payment wait for a day:
 * asking again at once would change nothing, and must not hold up what else there is to do.
 */
export async function settlePayment(context: CreditContext, paymentId: string): Promise<SettledPayment> {
  try {
    return await bookPayment(context, paymentId);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const reason = error.message;
    return { outcome: "waiting", reason, isNew: await saveWaiting(context, { paymentId, reason }) };
  }
}

/** The same for a payment that has waited, and waits no longer if it can be booked now. */
export async function settleWaiting(context: CreditContext, paymentId: string): Promise<SettledPayment> {
  const settled = await settlePayment(context, paymentId);
  if (settled.outcome !== "waiting") await deleteWaiting(context.db, paymentId);
  return settled;
}
