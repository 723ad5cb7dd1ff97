/** The names of the collections, and of the parts of a user's account below `subscriptions/{uid}`. */
export const collections = {
  sessions: "payment_sessions",
  payments: "payments",
  products: "products",
  customers: "customers",
  subscriptions: "subscriptions",
  webhookEvents: "webhook_events",
  reconciliations: "reconciliations",
} as const;

export const accountCollections = { grants: "grants", entries: "entries", holds: "holds" } as const;
export type AccountCollection = keyof typeof accountCollections;
