import * as z from "zod";
import type { NoInput, ReconciliationReport } from "../contract/calls.ts";
import type { ForgottenUser } from "../deletion/forgetUser.ts";
import type { SubscribedTwice } from "../plans/save.ts";
import { acceptsExactly } from "../platform/schema.ts";
import { readCursors } from "./db.ts";
import type { ReconciliationContext, Run, TallyName } from "./step.ts";
import { toSteps } from "./steps/steps.ts";
import { Walk } from "./walk.ts";

export type { ReconciliationContext } from "./step.ts";

export const runReconciliationInput = acceptsExactly<NoInput>()(z.strictObject({}).nullish());

/**
 * How long a run begins something new: its function is stopped after 540 s, and what is in hand may take as long as a
 * few calls of a provider that does not answer.
 */
const BUDGET_MS = 300_000;

export interface ReconciliationOptions {
  /** Called with everything that could not be repaired, for the log. */
  onFailure: (failure: { step: TallyName; id: string; error: unknown }) => void;
  /** Called with what an event brought to light. */
  onSubscribedTwice?: (twice: SubscribedTwice) => void;
  /** Called with what was done for a deleted user. */
  onForgotten?: (forgotten: ForgottenUser) => void;
  budgetMs?: number;
  /** Milliseconds since any moment. */
  elapsedMs?: () => number;
}

/**
 * Finds and repairs what webhooks, triggers and crashes left behind, at every registered provider. Each step gets a fair
 * share of the run's time and goes on where the last run stopped. It may be stopped anywhere and run again, even alongside
 * another run, because it uses the functions of the webhook and the trigger. If a step cannot find its items, say because a
 * provider's events cannot be listed, throws after everything else is done.
 */
export async function reconcilePayments(
  context: ReconciliationContext,
  options: ReconciliationOptions,
): Promise<ReconciliationReport> {
  const { budgetMs = BUDGET_MS, elapsedMs = () => performance.now() } = options;
  const endsAtMs = elapsedMs() + budgetMs;
  const report: Omit<ReconciliationReport, "complete"> = {
    events: emptyTally(),
    sessions: emptyTally(),
    inbox: emptyTally(),
    credits: emptyTally(),
    deletions: emptyTally(),
  };
  const errors: unknown[] = [];
  const walks = await openWalks(context, { options, report, errors });
  let open: readonly Walk[] = walks;
  while (open.length > 0 && elapsedMs() < endsAtMs) {
    const left: Walk[] = [];
    for (const [index, walk] of open.entries()) {
      const startsAtMs = elapsedMs();
      const shareMs = (endsAtMs - startsAtMs) / (open.length - index);
      const turn = {
        isOver: () => elapsedMs() >= startsAtMs + shareMs,
        isRunOver: () => elapsedMs() >= endsAtMs,
      };
      const isDone = await walk.work(turn).catch((error: unknown) => errors.push(error) > 0);
      if (!isDone) left.push(walk);
    }
    open = left;
  }
  if (errors.length > 0) throw errors[0];
  return { ...report, complete: walks.every(({ isComplete }) => isComplete) };
}

/** One walk for each step; one whose place cannot be read is an error. */
async function openWalks(
  context: ReconciliationContext,
  found: {
    options: ReconciliationOptions;
    report: Record<TallyName, ReturnType<typeof emptyTally>>;
    errors: unknown[];
  },
): Promise<Walk[]> {
  const { options, report, errors } = found;
  const run: Run = {
    context,
    startedAt: context.now(),
    onSubscribedTwice: options.onSubscribedTwice ?? (() => {}),
    onForgotten: options.onForgotten ?? (() => {}),
  };
  const steps = toSteps(context.adapters.providers);
  const cursors = await readCursors(
    context.db,
    steps.map(({ name }) => name),
  );
  return steps.flatMap((step, index) => {
    const { tally } = step;
    try {
      const cursor = cursors[index]?.() ?? { walk: undefined };
      const onFailure = ({ id }: { id: string }, error: unknown) =>
        options.onFailure({ step: tally, id, error });
      return [new Walk(step, { run, cursor, tally: report[tally], onFailure })];
    } catch (error) {
      errors.push(error);
      return [];
    }
  });
}

function emptyTally() {
  return { seen: 0, repaired: 0, failed: 0 };
}
