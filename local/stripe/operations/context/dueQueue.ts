/** What happens automatically at a certain time. */
export type DueTask =
  | { kind: "expire_session"; id: string }
  | { kind: "aftermath"; id: string }
  | { kind: "settle_debit"; id: string; outcome: "succeeded" | "failed" }
  | { kind: "settle_refund"; id: string }
  | { kind: "fail_refund"; id: string }
  | { kind: "renew_subscription"; id: string; periodEnd: number }
  | { kind: "cancel_subscription"; id: string; at: number }
  | { kind: "notice_trial_end"; id: string; trialEnd: number }
  | { kind: "resume_collection"; id: string; at: number }
  | { kind: "finalize_invoice"; id: string }
  | { kind: "retry_invoice"; id: string; attempt: number };

interface Entry {
  task: DueTask;
  /** Seconds since the epoch. */
  at: number;
}

/** Tasks in the order in which they fall due; those due in the same second in the order in which they were added. */
export class DueQueue {
  // Latest first, so that due tasks are taken from the end.
  readonly #entries: Entry[] = [];

  /** A task cannot be removed again; whoever runs it checks whether it still applies. */
  add(task: DueTask, at: number): void {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.at ?? 0) <= at) high = middle;
      else low = middle + 1;
    }
    this.#entries.splice(low, 0, { task, at });
  }

  /** When the next task falls due, in seconds. */
  next(): number | undefined {
    return this.#entries.at(-1)?.at;
  }

  /** Takes out the next task if it is due. */
  take(now: number): DueTask | undefined {
    const last = this.#entries.at(-1);
    if (last === undefined || last.at > now) return undefined;
    this.#entries.pop();
    return last.task;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}
