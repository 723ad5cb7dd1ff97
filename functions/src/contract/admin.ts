import type { RedriveEventInput, RedriveEventResult, ReconciliationReport } from "./calls.ts";
import type { PaymentStatus } from "./codes.ts";

/*
 * The actions of `gatewayAdmin`, all of them for admins. Who asks is known from the token; everybody says why, and both are
 * logged.
 */

/** Why it is done, for people who read the log; with no e-mail address and no secret in it. */
interface Reasoned {
  reason: string;
}

export interface ThawPaymentInput {
  paymentId: string;
}

/** `thawed`: the provider's ids of the fraud warnings that froze it until now. `status`: a dispute may still freeze it. */
export interface ThawPaymentResult {
  paymentId: string;
  status: PaymentStatus;
  thawed: string[];
}

/** One user, or a page of everything: the `next` of one page is the `cursor` of the page after it. */
export interface AuditMoneyInput {
  userId?: string | undefined;
  cursor?: string | undefined;
  /** How many users or products the page has at the most. */
  limit?: number | undefined;
}

export interface AuditMoneyResult {
  findings: AuditFinding[];
  /** Null on the last page. */
  next: string | null;
}

/**
 * `payment_above_worth`, `payment_below_worth`: it gives other credits than its lines are worth. `worth_unknown`: it gives
 * none, although its prices say otherwise. `credits_not_taken`: it gave back lines and took too few of their credits.
 * `account_above_law`: all payments of a user together give more than they are worth, less what they take and what went
 * back. `price_not_offered`: an old product sells at it until the product is read again. `not_audited`: could not be read.
 */
export type AuditFindingKind =
  | "payment_above_worth"
  | "payment_below_worth"
  | "worth_unknown"
  | "credits_not_taken"
  | "account_above_law"
  | "price_not_offered"
  | "not_audited";

/** Something in our documents that is not what the provider's objects say. `found` and `expected` are credits if numbers. */
export interface AuditFinding {
  kind: AuditFindingKind;
  /** Of the payment, the user, or `{productId}/{priceId}`. */
  id: string;
  userId?: string;
  found: number | string;
  expected: number | string;
  /** What a person can do. */
  remedy: string;
}

/** A document as it is stored, readable or not; its times as ISO 8601 text. */
export interface StoredDocument {
  id: string;
  data: Record<string, unknown>;
  /** What of it is not for its user, by the names of its private documents; absent if there is nothing. */
  private?: Record<string, Record<string, unknown>>;
}

/** What there may be many of, each with a page and a cursor of its own. */
export interface UserLists<Item> {
  payments: Item;
  sessions: Item;
  plans: Item;
  grants: Item;
  entries: Item;
  holds: Item;
}

export interface ReadUserInput {
  userId: string;
  /** How many documents of each list are read. */
  limit?: number | undefined;
  /** The `next` of the page before: only these lists go on, and only they are read. */
  cursor?: { [List in keyof UserLists<unknown>]?: string | undefined } | undefined;
}

/** A user with everything that concerns them, the newest of each list first. */
export interface ReadUserResult extends UserLists<StoredDocument[]> {
  userId: string;
  /** `subscriptions/{uid}`; null if there is none. */
  account: StoredDocument | null;
  /** `customers/{uid}`, with the provider's customers and what is counted of the user; null if there is none. */
  buyer: StoredDocument | null;
  /** Payments of this page whose credits wait for a document that cannot be read, and why. */
  waiting: StoredDocument[];
  /** Failed and dead events that name the user or something on this page; their payloads are left out. */
  events: StoredDocument[];
  /** False if there are more failed or dead events than were looked through. */
  areEventsComplete: boolean;
  /** The last document's id in each list that goes on; null if none does. */
  next: Partial<UserLists<string>> | null;
}

/** A page: the `next` of one is the `cursor` of the page after it. */
export interface MigrateInput {
  cursor?: string | undefined;
  /** How many payments or accounts the page looks at, at the most. */
  limit?: number | undefined;
}

/** How many documents were looked at, and how many of them were moved. */
export interface MigrationTally {
  seen: number;
  moved: number;
}

export interface MigrateResult {
  payments: MigrationTally;
  /** Accounts of users that were looked at, and gifts of theirs that were moved. */
  accounts: MigrationTally;
  /** Documents that could not be moved: each stays as it is, and is read as it is. */
  failed: { id: string; reason: string }[];
  /** Null on the last page. */
  next: string | null;
}

/** A page of all payments by their ids: the `next` of one page is the `cursor` of the page after it. */
export interface RevokeTestPaymentsInput {
  /** Whether it only says what it would do. */
  dryRun: boolean;
  cursor?: string | undefined;
  /** How many payments are looked at. */
  limit?: number | undefined;
}

/** A payment that was made with test keys. */
export interface TestPayment {
  paymentId: string;
  userId: string;
  /** What it gave until now, and is taken back. */
  credits: number;
  /** The recurring subscription that it is of, which has ended here; absent if there is none. */
  subscriptionId?: string;
}

export interface RevokeTestPaymentsResult {
  revoked: TestPayment[];
  /** Payments of which nothing says whether they were made with test keys. They stay as they are. */
  unknown: { paymentId: string; userId: string | null; reason: string }[];
  /** Null on the last page. */
  next: string | null;
}

/** What each action takes, beside `action` and `reason`, and what it returns. */
export interface GatewayAdminActions {
  /** Runs the scheduled `reconcilePayments` now. */
  reconcile: { input: object; result: ReconciliationReport };
  /** Processes one event of the inbox again, even a dead one. */
  redrive: { input: RedriveEventInput; result: RedriveEventResult };
  /** Ends what fraud warnings do to a payment before their time is over. */
  thaw: { input: ThawPaymentInput; result: ThawPaymentResult };
  /** Finds what is wrong about money, and changes nothing. */
  audit: { input: AuditMoneyInput; result: AuditMoneyResult };
  /** Takes back what was bought with test keys, before real money is taken. */
  revokeTestPayments: { input: RevokeTestPaymentsInput; result: RevokeTestPaymentsResult };
  /** Reads, and changes nothing. */
  readUser: { input: ReadUserInput; result: ReadUserResult };
  /** Moves documents of earlier versions to the present shape. */
  migrate: { input: MigrateInput; result: MigrateResult };
}

export type GatewayAdminAction = keyof GatewayAdminActions;

export type GatewayAdminInput<Action extends GatewayAdminAction = GatewayAdminAction> = {
  [Name in Action]: { action: Name } & Reasoned & GatewayAdminActions[Name]["input"];
}[Action];

export type GatewayAdminResult<Action extends GatewayAdminAction = GatewayAdminAction> =
  GatewayAdminActions[Action]["result"];
