import type { CallableRequest } from "firebase-functions/https";
import { GatewayError } from "./errors.ts";
import { userIdSchema } from "./ids.ts";

/** The signed-in caller, from the token. */
export interface Caller {
  userId: string;
  email: string | undefined;
  /** When they signed in, to whichever account has their id. */
  authenticatedAt?: Date;
  /** The tenant of Identity Platform that their account is in, null for none. */
  tenantId?: string | null;
}

export function requireCaller({ auth }: CallableRequest): Caller {
  if (!auth) throw new GatewayError("unauthenticated", "Expected a signed-in user");
  // An id with slashes could name another user's document.
  if (!userIdSchema.safeParse(auth.uid).success)
    throw new GatewayError("failed_precondition", "Expected a user whose id can name a document");
  const { email, auth_time: seconds, firebase } = auth.token;
  return {
    userId: auth.uid,
    email,
    authenticatedAt: new Date(seconds * 1_000),
    tenantId: firebase.tenant ?? null,
  };
}

/** An admin has this custom claim with the value `true`, which only the app's own server can give. */
export function requireClaim(request: CallableRequest, claim: string): Caller {
  const caller = requireCaller(request);
  if (claim !== "" && request.auth?.token[claim] === true) return caller;
  throw new GatewayError("permission_denied", `Requires the custom claim ${claim}: true`);
}
