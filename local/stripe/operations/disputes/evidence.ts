import type { Stripe } from "stripe";
import { invalidRequest } from "../../platform/errors.ts";
import type { Context } from "../context/context.ts";
import { canClose, closeDispute } from "./close.ts";

/** How a test mode dispute ends if this is its `uncategorized_text`, see https://docs.stripe.com/testing#disputes. */
const testEndings: Readonly<Record<string, "won" | "lost">> = {
  winning_evidence: "won",
  losing_evidence: "lost",
};

/**
 * Stores evidence and metadata, and submits the evidence unless asked not to: `charge.dispute.updated`. Stripe's two
 * magic texts end a chargeback at once.
 *
 * @throws ApiError if the dispute is over.
 */
export function updateDispute(
  context: Context,
  before: Stripe.Dispute,
  change: {
    evidence: Readonly<Record<string, string | null>>;
    submit: boolean;
    metadata: Record<string, string>;
  },
): Stripe.Dispute {
  const { store, events, origin } = context;
  const given = Object.keys(change.evidence).length > 0;
  const isOpen = before.status.endsWith("needs_response") || before.status.endsWith("under_review");
  if (given && !isOpen) {
    throw invalidRequest("This dispute is already closed", { code: "dispute_already_closed" });
  }
  const changed = {
    ...before,
    ...(given && withEvidence(before, change)),
    metadata: change.metadata,
  };
  if (JSON.stringify(changed) === JSON.stringify(before)) return before;
  const dispute = store.disputes.replace(changed);
  events.emit("charge.dispute.updated", dispute, { origin, previous: before });
  const ending = testEndings[change.evidence["uncategorized_text"] ?? ""];
  if (ending === undefined || !change.submit || !canClose(dispute, ending)) return dispute;
  return closeDispute(context, dispute, ending);
}

function withEvidence(
  { evidence, evidence_details: details, status }: Stripe.Dispute,
  change: { evidence: Readonly<Record<string, string | null>>; submit: boolean },
): Partial<Stripe.Dispute> {
  return {
    evidence: { ...evidence, ...change.evidence },
    evidence_details: {
      ...details,
      has_evidence: true,
      ...(change.submit && {
        submission_count: details.submission_count + 1,
        submission_method: "manual",
      }),
    },
    ...(change.submit && { status: status.startsWith("warning") ? "warning_under_review" : "under_review" }),
  };
}
