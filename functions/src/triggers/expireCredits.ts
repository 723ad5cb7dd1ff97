import { info } from "firebase-functions/logger";
import { onSchedule } from "firebase-functions/scheduler";
import { sweepExpired } from "../credits/sweep.ts";
import { baseOptions, creditContext } from "../options.ts";

/** Books what ran out. Spending never takes what ran out, so nothing depends on when this runs. */
export const expireCredits = onSchedule(
  { ...baseOptions, schedule: "every 60 minutes", timeoutSeconds: 540, maxInstances: 1 },
  async () => {
    info("Credits expired", { ...(await sweepExpired(creditContext())) });
  },
);
