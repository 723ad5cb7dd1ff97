import { onUserDeleted as onAccountDeleted } from "firebase-functions/identity";
import { forgetUser, requireForgotten } from "../deletion/forgetUser.ts";
import { gatewayContext, providerOptions } from "../options.ts";
import { logForgotten } from "../platform/log.ts";

/**
 * Retried by the platform for a day, and by the reconciliation after that, until everything is removed. It hears of users
 * of all tenants.
 */
export const onUserDeleted = onAccountDeleted(
  { ...providerOptions, retry: true },
  async ({ time, data: { uid: userId } }) => {
    // The event comes later than what it tells of: meanwhile somebody else may have the id.
    const forgotten = await forgetUser(gatewayContext(), { userId, deletedAt: new Date(time) });
    logForgotten(forgotten);
    requireForgotten(forgotten);
  },
);
