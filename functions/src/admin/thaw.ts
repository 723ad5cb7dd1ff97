import * as z from "zod";
import type { ThawPaymentResult } from "../contract/admin.ts";
import { toFraudWarnings } from "../model/facts.ts";
import { thawPayment } from "../payments/thaw.ts";
import type { StoreContext } from "../platform/context.ts";
import { GatewayError } from "../platform/errors.ts";
import { providerId, userIdSchema } from "../platform/ids.ts";
import { requireInput } from "../platform/input.ts";

const thawInput = z.strictObject({
  paymentId: providerId,
  reason: z.string().min(1).max(500),
  actor: userIdSchema,
});

/**
 * Ends what fraud warnings do to a payment before their time is over. Who did it and why is kept with the payment, where
 * its user cannot read it. Repeating it changes nothing; a warning that comes later freezes the payment again.
 */
export async function thaw(
  context: StoreContext,
  input: z.input<typeof thawInput>,
): Promise<ThawPaymentResult> {
  const { paymentId, reason, actor } = requireInput(thawInput, input);
  const found = await thawPayment(context, { paymentId, by: { actor, reason } });
  if (!found) throw new GatewayError("not_found", `Cannot thaw payment "${paymentId}": not found`);
  const { payment, facts, thawed } = found;
  if (toFraudWarnings(facts).length === 0)
    throw new GatewayError(
      "failed_precondition",
      `Cannot thaw payment "${paymentId}": there is no fraud warning about it`,
    );
  return { paymentId, status: payment.status, thawed };
}
