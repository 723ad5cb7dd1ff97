import { expireSession } from "../checkout/expire.ts";
import type { Context } from "../context.ts";
import { settleRefund } from "../refunds/settle.ts";
import type { DueTask } from "./queue.ts";

/** Does what is due, unless something else has made it pointless since. */
export function runTask(context: Context, task: DueTask): void {
  switch (task.kind) {
    case "expire_session": {
      const session = context.store.sessions.read(task.id);
      if (session?.status === "open") expireSession(context, session);
      return;
    }
    case "settle_refund": {
      const refund = context.store.refunds.read(task.id);
      if (refund?.status === "pending") settleRefund(context, refund);
    }
  }
}
