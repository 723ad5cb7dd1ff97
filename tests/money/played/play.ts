import { Stripe } from "stripe";
import { GatewayError } from "../../../functions/src/platform/errors.ts";
import { ControlRefusal } from "../../../local/stripe/testing/controlClient.ts";
import type { Move } from "../seeker/world/moves.ts";
import { perform } from "./perform.ts";
import type { Stage } from "./stage.ts";

/** When the product hears of what happened: after each move, or once all is over. */
export const deliveries = ["as it happens", "at the end", "newest first"] as const;
export type Delivery = (typeof deliveries)[number];

/**
 * Plays a story and delivers all its events. What is refused did not happen: returns a sentence for each move that Stripe
 * or the product refused.
 */
export async function playOn(stage: Stage, moves: readonly Move[], delivery: Delivery): Promise<string[]> {
  const refused: string[] = [];
  for (const move of moves) {
    const refusal = await findRefusal(async () => await perform(stage, move));
    if (refusal) refused.push(`${move.type}: ${refusal.message}`);
    if (delivery === "as it happens") await stage.shop.settle();
  }
  await stage.shop.settle({ newestFirst: delivery === "newest first" });
  return refused;
}

async function findRefusal(act: () => Promise<void>): Promise<Error | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

function isRefusal(error: unknown): error is Error {
  const { StripeInvalidRequestError, StripeCardError } = Stripe.errors;
  const refusals = [GatewayError, ControlRefusal, StripeInvalidRequestError, StripeCardError];
  return refusals.some((refusal) => error instanceof refusal);
}
