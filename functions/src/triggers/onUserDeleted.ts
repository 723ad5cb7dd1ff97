import { onUserDeleted as onAccountDeleted } from "firebase-functions/identity";
import { info } from "firebase-functions/logger";
import { forgetUser } from "../deletion/forgetUser.ts";
import { gatewayContext, providerOptions } from "../options.ts";

/** Retried by the platform for a day, and by the reconciliation after that, until everything is removed. */
export const onUserDeleted = onAccountDeleted(
  { ...providerOptions, retry: true },
  async ({ data: { uid: userId } }) => {
    info("User forgotten", { userId, ...(await forgetUser(gatewayContext(), userId)) });
  },
);
