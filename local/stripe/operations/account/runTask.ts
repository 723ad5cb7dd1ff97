import type { Stripe } from "stripe";
import { isAlive, periodOf } from "../../objects/billing/subscriptions.ts";
import { advanceInvoice } from "../billing/collect.ts";
import { endAsPlanned, renewSubscription } from "../billing/renew.ts";
import { noticeTrialEnd } from "../billing/start.ts";
import { replaceSubscription } from "../billing/subscriptions.ts";
import { expireSession } from "../checkout/expire.ts";
import { settleBankDebit } from "../checkout/settle.ts";
import type { Context } from "../context/context.ts";
import type { DueTask } from "../context/dueQueue.ts";
import { followAftermath } from "../disputes/aftermath.ts";
import { failRefund, settleRefund } from "../refunds/settle.ts";

/** Does what is due, unless it no longer applies. */
export function runTask(context: Context, task: DueTask): void {
  const { store } = context;
  switch (task.kind) {
    case "expire_session": {
      const session = store.sessions.read(task.id);
      if (session?.status === "open") expireSession(context, session);
      return;
    }
    case "settle_debit":
      settleBankDebit(context, task.id, task.outcome);
      return;
    case "settle_refund": {
      const refund = store.refunds.read(task.id);
      if (refund?.status === "pending") settleRefund(context, refund);
      return;
    }
    case "fail_refund": {
      const refund = store.refunds.read(task.id);
      if (refund?.status === "succeeded") failRefund(context, refund, "expired_or_canceled_card");
      return;
    }
    case "aftermath": {
      const charge = store.charges.read(task.id);
      if (charge !== undefined) followAftermath(context, charge);
      return;
    }
    case "finalize_invoice": {
      const invoice = store.invoices.read(task.id);
      if (invoice?.status === "draft" && invoice.auto_advance === true) advanceInvoice(context, invoice);
      return;
    }
    case "retry_invoice": {
      const invoice = store.invoices.read(task.id);
      const isNext = invoice?.status === "open" && invoice.attempt_count === task.attempt;
      if (isNext && invoice.auto_advance === true) advanceInvoice(context, invoice);
      return;
    }
    case "renew_subscription":
    case "cancel_subscription":
    case "notice_trial_end":
    case "resume_collection": {
      const subscription = store.subscriptions.read(task.id);
      if (subscription !== undefined && isAlive(subscription)) runFor(context, subscription, task);
    }
  }
}

type SubscriptionTask = Extract<
  DueTask,
  { kind: "renew_subscription" | "cancel_subscription" | "notice_trial_end" | "resume_collection" }
>;

function runFor(context: Context, subscription: Stripe.Subscription, task: SubscriptionTask): void {
  switch (task.kind) {
    case "renew_subscription":
      if (subscription.status !== "paused" && periodOf(subscription).end === task.periodEnd) {
        renewSubscription(context, subscription);
      }
      return;
    case "cancel_subscription":
      if (subscription.cancel_at === task.at) endAsPlanned(context, subscription);
      return;
    case "notice_trial_end":
      if (subscription.status === "trialing" && subscription.trial_end === task.trialEnd) {
        noticeTrialEnd(context, subscription.id);
      }
      return;
    case "resume_collection":
      if (subscription.pause_collection?.resumes_at === task.at) {
        replaceSubscription(context, subscription, { ...subscription, pause_collection: null });
      }
  }
}
