/**
 * List prices in US dollars of us-central1, without free tiers: looked up on 2026-11-23 in stored copies of
 * https://cloud.google.com/firestore/pricing and https://cloud.google.com/run/pricing (request-based billing, tier 1).
 */
export const PRICES = {
  firestore: { read: 0.03 / 100_000, write: 0.09 / 100_000, delete: 0.01 / 100_000 },
  functions: { invocation: 0.4 / 1_000_000, cpuSecond: 0.000024, gibibyteSecond: 0.0000025 },
} as const;

/** What firebase-functions gives an instance unless told otherwise. Cloud Run counts its time in steps. */
export const INSTANCE = { cpus: 1, gibibytes: 0.25, stepSeconds: 0.1 } as const;
