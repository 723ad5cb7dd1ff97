import { noCounts, type Call, type Counts } from "./gate.ts";

/** What calls cost together: Firestore's are counted by what they asked for, Stripe's by their number. */
export interface Costs extends Counts {
  providerCalls: number;
}

export function toCosts(calls: readonly Call[]): Costs {
  const costs: Costs = { ...noCounts(), providerCalls: 0 };
  for (const { server, counts, written } of calls) {
    if (server === "stripe") costs.providerCalls += 1;
    costs.reads += counts.reads;
    costs.queries += counts.queries;
    costs.found += counts.found;
    // A refused commit wrote nothing.
    costs.writes += written.length;
    costs.begun += counts.begun;
    costs.rolledBack += counts.rolledBack;
  }
  return costs;
}
