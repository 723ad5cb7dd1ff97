import type { AccountDirectory } from "../../functions/src/platform/auth/accounts.ts";
import type { GatewayContext } from "../../functions/src/options.ts";

/** An Auth in which nobody was ever deleted, for stories whose users were never signed up. */
const everybody: AccountDirectory = { findExisting: async (userIds) => new Set(userIds) };

/** What the product's services work with, as a deployed function builds it; the limits are far above what is asked. */
export function buildContext(
  parts: Pick<GatewayContext, "db" | "adapters" | "projectId"> & Partial<GatewayContext>,
): GatewayContext {
  return {
    redirects: { frontendUrl: "https://app.example", allowedOrigins: [] },
    limits: { callsPerMinute: 1_000_000, checkoutsPerHour: 1_000_000, openSessions: 1_000_000 },
    accounts: everybody,
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    ...parts,
  };
}
