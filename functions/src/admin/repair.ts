import type { ReconciliationReport, RedriveEventInput, RedriveEventResult } from "../contract/calls.ts";
import {
  reconcilePayments,
  type ReconciliationContext,
  type ReconciliationOptions,
} from "../reconciliation/reconcile.ts";
import type { SubscribedTwice } from "../plans/save.ts";
import { redriveEvent } from "../webhooks/redrive.ts";

/** What is told to whoever watches, beside the result. */
export interface Reports extends ReconciliationOptions {
  onSubscribedTwice: (twice: SubscribedTwice) => void;
  onReconciled: (report: ReconciliationReport) => void;
}

/** Runs the scheduled reconciliation now. */
export async function reconcile(
  context: ReconciliationContext,
  reports: Reports,
): Promise<ReconciliationReport> {
  const report = await reconcilePayments(context, reports);
  reports.onReconciled(report);
  return report;
}

/** Processes one event of the inbox again, even a dead one. */
export async function redrive(
  context: ReconciliationContext,
  { eventId, provider }: RedriveEventInput,
  reports: Pick<Reports, "onSubscribedTwice">,
): Promise<RedriveEventResult> {
  const redriven = await redriveEvent(context, { eventId, provider });
  const { type, outcome, paymentId = null, subscribedTwice } = redriven;
  if (subscribedTwice) reports.onSubscribedTwice(subscribedTwice);
  return { eventId, type, outcome, paymentId };
}
