import { emptySubscription } from "../../functions/src/credits/account/account.ts";
import { FOR_EVER } from "../../functions/src/credits/account/grant.ts";
import type { Grant, Subscription } from "../../functions/src/contract/documents.ts";
import { at } from "./builders.ts";

/** A grant of 100 credits without an end, none of them used. */
export function buildGrant(overrides: Partial<Grant> = {}): Grant {
  return {
    userId: "user_1",
    grantId: "stripe_pi_1",
    paymentId: "stripe_pi_1",
    amount: 100,
    used: 0,
    repaid: 0,
    expired: 0,
    remaining: 100,
    revoked: 0,
    startDate: at(0),
    expiresAt: null,
    spendableUntil: FOR_EVER,
    status: "active",
    entryCount: 1,
    createdAt: at(0),
    updatedAt: at(0),
    ...overrides,
  };
}

/** The subscription of somebody with that one grant. */
export function buildSubscription(overrides: Partial<Subscription> = {}): Subscription {
  return {
    ...emptySubscription("user_1", at(0)),
    status: "active",
    startDate: at(0),
    totalCredits: 100,
    availableCredits: 100,
    seq: 1,
    ...overrides,
  };
}
