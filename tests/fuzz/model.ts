/**
 * What the documentation promises about each callable, written down a second time and without the product's schemas:
 * which refusal an input must get.
 */
export type Code =
  "INVALID_ARGUMENT" | "UNAUTHENTICATED" | "PERMISSION_DENIED" | "NOT_FOUND" | "FAILED_PRECONDITION";

/** What there is when the fuzzer begins. */
export interface Seeded {
  readonly victimId: string;
  readonly productId: string;
  readonly priceId: string;
  readonly sessionId: string;
  readonly paymentId: string;
  readonly paidAmount: number;
  /** Of credits an admin gave to the victim. */
  readonly grantKey: string;
}

type Data = Readonly<Record<string, unknown>>;

export interface Contract {
  readonly forAdmins?: true;
  readonly mayBeEmpty?: true;
  /** Of an input that may also be one plain text: the field it stands for. */
  readonly textIs?: string;
  readonly required: Readonly<Record<string, (value: unknown) => boolean>>;
  readonly optional: Readonly<Record<string, (value: unknown) => boolean>>;
  /** Of an input of the right form, by a caller who owns nothing; undefined when it is to be accepted. */
  readonly answer: (data: Data, seeded: Seeded) => Code | undefined;
  /** What else there must be, by the field `action`; it says nothing of that field. */
  readonly actions?: Readonly<Record<string, Contract>>;
}

export const ALLOWED_URLS = [
  "https://app.example/",
  "https://app.example/done?from=shop#top",
  "https://admin.example/x",
  "HTTPS://APP.EXAMPLE:443/",
];

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const WORD = `${LETTERS}0123456789_-`;

const isText = (value: unknown, { max, of }: { max: number; of?: string }): value is string =>
  typeof value === "string" &&
  value.length > 0 &&
  value.length <= max &&
  (of === undefined || Array.from(value).every((character) => of.includes(character)));

/** Firestore keeps such names for itself. */
const isReserved = (text: string): boolean =>
  text.length >= 4 && text.startsWith("__") && text.endsWith("__");

const isId = (value: unknown): boolean => isText(value, { max: 200, of: WORD }) && !isReserved(value);
const isRequestId = (value: unknown): boolean => isText(value, { max: 64, of: WORD });
const isKey = (value: unknown): boolean => isText(value, { max: 100, of: `${WORD}:` }) && !isReserved(value);
const isProvider = (value: unknown): boolean =>
  isText(value, { max: 32, of: "abcdefghijklmnopqrstuvwxyz0123456789_" }) &&
  LETTERS.includes(value.charAt(0));
const isUrlText = (value: unknown): boolean => typeof value === "string" && value.length <= 2_000;
const isReason = (value: unknown): boolean => isText(value, { max: 200 }) && value.isWellFormed();
const isLongReason = (value: unknown): boolean =>
  isText(value, { max: 500 }) && value.isWellFormed() && value.trim() !== "";
const isUserId = (value: unknown): boolean =>
  isText(value, { max: 128 }) &&
  value.isWellFormed() &&
  !value.includes("/") &&
  ![".", ".."].includes(value) &&
  !isReserved(value);
const isInteger =
  (max: number) =>
  (value: unknown): boolean =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= max;

/** Times as far as the fuzzer writes right ones: in one form, and on days that every month has. */
const isTime = (value: unknown): boolean =>
  typeof value === "string" &&
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/.test(value);

const isOver = (time: unknown): boolean => typeof time === "string" && Date.parse(time) < Date.now();

const isAllowedUrl = (value: unknown): boolean =>
  value === undefined || ALLOWED_URLS.some((url) => url === value);
const isOtherProvider = ({ provider }: Data): boolean => provider !== undefined && provider !== "stripe";

const isDocumentId = (value: unknown): value is string =>
  isText(value, { max: 200 }) &&
  value.isWellFormed() &&
  !value.includes("/") &&
  ![".", ".."].includes(value) &&
  !isReserved(value);

const isAuditCursor = (value: unknown): boolean => {
  const after = typeof value === "string" && /^(?:users|products):(.*)$/s.exec(value)?.[1];
  return typeof after === "string" && (after === "" || isDocumentId(after));
};

const isMigrationCursor = (value: unknown): boolean => {
  const after = typeof value === "string" && /^(?:payments|accounts):(.*)$/s.exec(value)?.[1];
  return typeof after === "string" && (after === "" || isDocumentId(after));
};

const userLists = new Set(["payments", "sessions", "plans", "grants", "entries", "holds"]);
const isUserCursor = (value: unknown): boolean =>
  isObject(value) && Object.entries(value).every(([list, id]) => userLists.has(list) && isDocumentId(id));

const redirects = { successUrl: isUrlText, cancelUrl: isUrlText };
const planChange: Contract = {
  mayBeEmpty: true,
  required: {},
  optional: { subscriptionId: isId },
  answer: ({ subscriptionId }) => (subscriptionId === undefined ? "FAILED_PRECONDITION" : "NOT_FOUND"),
};

const adminActions: Readonly<Record<string, Contract>> = {
  reconcile: { required: { reason: isLongReason }, optional: {}, answer: () => undefined },
  redrive: {
    required: { reason: isLongReason, eventId: isId },
    optional: { provider: isProvider },
    answer: () => "NOT_FOUND",
  },
  thaw: {
    required: { reason: isLongReason, paymentId: isId },
    optional: {},
    // No bank has warned of anything.
    answer: ({ paymentId }, seeded) => (paymentId === seeded.paymentId ? "FAILED_PRECONDITION" : "NOT_FOUND"),
  },
  audit: {
    required: { reason: isLongReason },
    optional: { userId: isUserId, cursor: isAuditCursor, limit: isInteger(100) },
    answer: ({ userId, cursor }) =>
      userId === undefined || cursor === undefined ? undefined : "INVALID_ARGUMENT",
  },
  migrate: {
    required: { reason: isLongReason },
    optional: { cursor: isMigrationCursor, limit: isInteger(1_000) },
    answer: () => undefined,
  },
  revokeTestPayments: {
    required: { reason: isLongReason, dryRun: (value) => typeof value === "boolean" },
    optional: { cursor: isDocumentId, limit: isInteger(100) },
    answer: () => undefined,
  },
  readUser: {
    required: { reason: isLongReason, userId: isUserId },
    optional: { cursor: isUserCursor, limit: isInteger(100) },
    answer({ cursor }, { paymentId, sessionId }) {
      const known: Data = { payments: paymentId, sessions: sessionId };
      const isKnown = Object.entries(cursor ?? {}).every(([list, id]) => known[list] === id);
      return isKnown ? undefined : "INVALID_ARGUMENT";
    },
  },
};

export const contracts: Readonly<Record<string, Contract>> = {
  createPaymentSession: {
    required: { productId: isId },
    optional: {
      provider: isProvider,
      priceId: isId,
      quantity: isInteger(999),
      requestId: isRequestId,
      ...redirects,
    },
    answer(data, { productId, priceId }) {
      if (![data["successUrl"], data["cancelUrl"]].every(isAllowedUrl)) return "INVALID_ARGUMENT";
      if (isOtherProvider(data) || data["productId"] !== productId) return "NOT_FOUND";
      return data["priceId"] === undefined || data["priceId"] === priceId ? undefined : "NOT_FOUND";
    },
  },
  verifyPayment: {
    textIs: "sessionId",
    required: { sessionId: isId },
    optional: { provider: isProvider },
    answer: () => "NOT_FOUND",
  },
  createPortalSession: {
    mayBeEmpty: true,
    required: {},
    optional: { returnUrl: isUrlText, provider: isProvider },
    answer(data) {
      if (!isAllowedUrl(data["returnUrl"])) return "INVALID_ARGUMENT";
      return isOtherProvider(data) ? "NOT_FOUND" : "FAILED_PRECONDITION";
    },
  },
  cancelSubscription: planChange,
  resumeSubscription: planChange,
  refundPayment: {
    forAdmins: true,
    required: { paymentId: isId, requestId: isRequestId },
    optional: { amount: isInteger(Number.MAX_SAFE_INTEGER) },
    answer({ paymentId, amount }, seeded) {
      if (paymentId !== seeded.paymentId) return "NOT_FOUND";
      return typeof amount === "number" && amount > seeded.paidAmount ? "FAILED_PRECONDITION" : undefined;
    },
  },
  gatewayAdmin: {
    forAdmins: true,
    required: {},
    optional: {},
    answer: () => "INVALID_ARGUMENT",
    actions: adminActions,
  },
  runReconciliation: {
    forAdmins: true,
    mayBeEmpty: true,
    required: {},
    optional: {},
    answer: () => undefined,
  },
  redriveEvent: {
    forAdmins: true,
    required: { eventId: isId },
    optional: { provider: isProvider },
    answer: () => "NOT_FOUND",
  },
  grantCredits: {
    forAdmins: true,
    required: { userId: isUserId, amount: isInteger(1_000_000_000), key: isKey, reason: isReason },
    optional: { expiresAt: isTime },
    answer({ userId, key, expiresAt }, { victimId, grantKey }) {
      if (userId === victimId && key === grantKey) return "FAILED_PRECONDITION";
      return isOver(expiresAt) ? "INVALID_ARGUMENT" : undefined;
    },
  },
};

/** The refusal of a signed-in caller's data, or undefined when it is to be accepted. */
export function predict(contract: Contract, data: unknown, seeded: Seeded): Code | undefined {
  const { mayBeEmpty, textIs, required, optional, answer, actions } = contract;
  if (actions) {
    if (!isObject(data) || !Object.hasOwn(data, "action")) return "INVALID_ARGUMENT";
    const { action, ...fields } = data;
    const acted = new Map(Object.entries(actions)).get(String(action));
    return acted && typeof action === "string" ? predict(acted, fields, seeded) : "INVALID_ARGUMENT";
  }
  if (data === null && mayBeEmpty) return answer({}, seeded);
  const fields = textIs !== undefined && typeof data === "string" ? { [textIs]: data } : data;
  if (!isObject(fields)) return "INVALID_ARGUMENT";
  const known = new Map(Object.entries({ ...required, ...optional }));
  const isRight =
    Object.keys(required).every((name) => Object.hasOwn(fields, name)) &&
    Object.entries(fields).every(([name, value]) => known.get(name)?.(value) ?? false);
  return isRight ? answer(fields, seeded) : "INVALID_ARGUMENT";
}

function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
