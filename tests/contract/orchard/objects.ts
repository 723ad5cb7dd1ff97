/** What Orchard keeps and answers, in its own words. Orchard is a provider that exists nowhere but in these tests. */
export interface Money {
  /** Decimal, with as many places as the currency has: "12.50", "500". */
  value: string;
  currency: string;
}

export interface Item {
  sku: string;
  title: string;
  on_sale: boolean;
  attributes: { name: string; value: string }[];
  offers: { code: string; price: Money }[];
}

export interface Return {
  id: string;
  state: "SENT" | "BOUNCED";
  amount: Money;
  reference: string | null;
  at: string;
}

export interface Objection {
  id: string;
  state: "OPEN" | "UPHELD" | "REJECTED";
  amount: Money;
  changed_at: string;
}

/** The money of one order, which may take several attempts. */
export interface Payment {
  id: string;
  state: "CLEARING" | "DONE" | "REFUSED";
  amount: Money;
  reason: string | null;
  at: string;
}

export interface Order {
  id: string;
  state: "OPEN" | "APPROVED" | "CLEARING" | "PAID" | "DECLINED" | "LAPSED";
  sku: string;
  total: Money;
  note: string;
  page: string;
  return_to: string;
  cancel_to: string;
  approve_before: string;
  approved_at: string | null;
  payment: Payment | null;
  returns: Return[];
  objections: Objection[];
}

/** Something happened: what it is about, and nothing more. It is listed in the journal and posted as a notice. */
export interface JournalEntry {
  entry: string;
  topic: "ITEM" | "ORDER";
  ref: string;
  realm: "TEST" | "LIVE";
  at: string;
}

/** The account the payer pays from: `empty` has nothing, `slow` takes days. */
export type Purse = "full" | "slow" | "empty";
