/** What happens by itself when its time has come. */
export type DueTask =
  | { readonly kind: "expire_session"; readonly id: string }
  | { readonly kind: "aftermath"; readonly id: string }
  | { readonly kind: "settle_refund"; readonly id: string }
  | { readonly kind: "fail_refund"; readonly id: string }
  | { readonly kind: "renew_subscription"; readonly id: string; readonly periodEnd: number }
  | { readonly kind: "notice_trial_end"; readonly id: string; readonly trialEnd: number }
  | { readonly kind: "resume_collection"; readonly id: string; readonly at: number }
  | { readonly kind: "finalize_invoice"; readonly id: string }
  | { readonly kind: "retry_invoice"; readonly id: string; readonly attempt: number };

interface Entry {
  readonly task: DueTask;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** Tasks in the order in which they fall due; those of one second in the order in which they were added. */
export class DueQueue {
  // Latest first, so that what is due is taken from the end.
  readonly #entries: Entry[] = [];

  /** A task is never taken out again: whoever runs it checks whether it still applies. */
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
