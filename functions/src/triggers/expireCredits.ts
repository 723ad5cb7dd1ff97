import { info } from "firebase-functions/logger";
import { onSchedule } from "firebase-functions/scheduler";
import { sweepExpired } from "../credits/sweep.ts";
import { baseOptions, sweepContext } from "../options.ts";

/**
 * Ends freezes whose time is over, and books what ran out. Spending never takes what ran out, so that only a thaw depends on
 * when this runs.
 */
export const expireCredits = onSchedule(
  { ...baseOptions, schedule: "every 60 minutes", timeoutSeconds: 540, maxInstances: 1 },
  async () => {
    info("Credits expired", { ...(await sweepExpired(sweepContext())) });
  },
);
