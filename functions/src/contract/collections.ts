/** The names of the collections, and of the subcollections of a user's account, `subscriptions/{uid}`. */
export const collections = {
  sessions: "payment_sessions",
  payments: "payments",
  products: "products",
  customers: "customers",
  subscriptions: "subscriptions",
  plans: "plans",
  webhookEvents: "webhook_events",
  reconciliations: "reconciliations",
} as const;

/** The subcollections of a product, `products/{productId}`, which no client reads. */
export const productCollections = { private: "private" } as const;

/** The subcollections of a payment, `payments/{provider}_{key}`, which no client reads. */
export const paymentCollections = { private: "private" } as const;

/** The subcollections of a reconciliation's cursor, `reconciliations/{cursor}`, which no client reads. */
export const reconciliationCollections = { waiting: "waiting" } as const;

/** The subcollections of a buyer, `customers/{uid}`, which no client reads. */
export const buyerCollections = { free: "free" } as const;

/** The subcollections of a ledger's entry, `subscriptions/{uid}/entries/{key}`, which no client reads. */
export const entryCollections = { private: "private" } as const;

export const accountCollections = { grants: "grants", entries: "entries", holds: "holds" } as const;
export type AccountCollection = keyof typeof accountCollections;
