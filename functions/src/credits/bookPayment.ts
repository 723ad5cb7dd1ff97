import type { Decision } from "./account/source.ts";
import { isSameTime, readCreditablePayment } from "./db.ts";
import { decide, type CreditContext } from "./decide.ts";
import { toEntitlement } from "./entitlement.ts";
import { book, type Booked } from "./operations/booking.ts";

export type BookedPayment = (Booked & { userId: string }) | { outcome: "no_payment" };

/**
 * Books the difference between what a payment entitles to now and what was booked for it. Reads everything itself, so
 * that running it twice, late or in any order ends with the same account.
 */
export async function bookPayment(context: CreditContext, paymentId: string): Promise<BookedPayment> {
  const read = async () => await readCreditablePayment(context.db, paymentId);
  for (;;) {
    let decidedOn: Awaited<ReturnType<typeof read>>["updateTime"];
    const booked = await decide(context, async (openAccount, now): Promise<Decision<BookedPayment>> => {
      const { payment, updateTime } = await read();
      decidedOn = updateTime;
      if (!payment) return { result: { outcome: "no_payment" }, changes: undefined };
      const { userId, paidAt } = payment;
      const entitlement = toEntitlement(payment);
      const subject = { grantId: paymentId, entitlement, startDate: paidAt ?? now, cause: { paymentId } };
      const { result, changes } = await book(openAccount(userId), subject, now);
      return { result: { ...result, userId }, changes };
    });
    // Another delivery may have read a later version of the payment and found nothing to book, before this booked the
    // older one.
    if (booked.outcome !== "booked" || isSameTime(decidedOn, (await read()).updateTime)) return booked;
  }
}
