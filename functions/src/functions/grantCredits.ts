import { HttpsError, type CallableRequest, type FunctionsErrorCode } from "firebase-functions/https";
import { info, warn } from "firebase-functions/logger";
import { onCall } from "../platform/workarounds/callable.ts";
import { creditContext, enforceAppCheck, REGION } from "../options.ts";
import { GatewayError } from "../platform/errors.ts";
import { requireInput } from "../platform/input.ts";
import { grantCreditsInput, type GrantCreditsResult } from "../credits/inputs.ts";
import * as service from "../credits/service.ts";

/** For admins. A key that stands for another grant already is refused with `failed-precondition`. */
export const grantCredits = onCall(
  { region: REGION, enforceAppCheck },
  async (request): Promise<GrantCreditsResult> => {
    const grantedBy = requireAdmin(request);
    const { userId, result } = await giveCredits(request.data, grantedBy);
    if (result.outcome === "conflict") refuse("failed-precondition", "Key stands for another grant");
    const { outcome: _outcome, ...granted } = result;
    info("Credits granted", { grantedBy, userId, ...granted });
    return granted;
  },
);

async function giveCredits(data: unknown, grantedBy: string) {
  try {
    const input = { ...requireInput(grantCreditsInput, data), grantedBy };
    return { userId: input.userId, result: await service.grantCredits(creditContext(), input) };
  } catch (error) {
    if (error instanceof GatewayError && error.code === "invalid_argument")
      refuse("invalid-argument", error.message);
    throw error;
  }
}

/** An admin has the custom claim `admin: true`, which only the app's own server can give. */
function requireAdmin({ auth }: CallableRequest): string {
  if (!auth) refuse("unauthenticated", "Expected a signed-in user");
  if (auth.token["admin"] !== true) refuse("permission-denied", "Expected an admin");
  return auth.uid;
}

function refuse(code: FunctionsErrorCode, message: string): never {
  warn("Call refused", { name: "grantCredits", code, reason: message });
  throw new HttpsError(code, message);
}
