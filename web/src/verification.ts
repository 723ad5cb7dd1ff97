import type { FunctionProvider, GatewayResult } from "../../client/index.ts";
import type { Account } from "./account.ts";
import { nextChange, type Store } from "./store.ts";

export type Verification = GatewayResult<"verifyPayment">;

/** Milliseconds between two calls while the credits are being booked; the last one repeats. */
const BACK_OFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

export interface FollowOptions {
  sessionId: string;
  functionProvider: FunctionProvider;
  /** The user's live account: if it changes, the session is asked for at once. */
  account: Store<Account>;
  /** Called with every answer; `late` if the booking takes longer than it should. */
  onAnswer: (verification: Verification, options: { late: boolean }) => void;
}

/**
 * Asks how a session stands until that is final. While the bank has the payment, which may take days, only a change of
 * the account is a reason to ask again.
 *
 * @throws GatewayClientError if a call is refused or fails.
 */
export async function followPayment(options: FollowOptions): Promise<void> {
  const { sessionId, functionProvider, account, onAnswer } = options;
  for (let attempt = 0; ; attempt++) {
    const verification = await functionProvider.run("verifyPayment", sessionId);
    onAnswer(verification, { late: attempt >= 4 });
    const waitMs = toWaitMs(verification, attempt);
    if (waitMs === undefined) return;
    await nextChange(account, waitMs);
  }
}

function toWaitMs({ status, success, credits }: Verification, attempt: number): number | undefined {
  if (success && credits === "pending") return BACK_OFF_MS[attempt] ?? BACK_OFF_MS.at(-1);
  return status === "processing" || status === "pending" ? Infinity : undefined;
}
