import { noCounts, type Call, type Counts } from "./gate.ts";

/** What some calls cost together: those of Firestore by what they asked for, those of Stripe by their number. */
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
    // Of a commit that was refused, nothing.
    costs.writes += written.length;
    costs.begun += counts.begun;
    costs.rolledBack += counts.rolledBack;
  }
  return costs;
}
