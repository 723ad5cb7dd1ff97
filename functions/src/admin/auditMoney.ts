import type { AuditFinding as Finding, AuditMoneyInput, AuditMoneyResult } from "../contract/admin.ts";
import { requireAdapter, type ProviderContext } from "../adapters/require.ts";
import type { Payment } from "../payments/documents.ts";
import type { ProjectContext } from "../platform/context.ts";
import { DocumentError, GatewayError } from "../platform/errors.ts";
import { auditProduct } from "./auditProduct.ts";
import { readNextPayer, readPaymentsOf, readProductsAfter, type Read } from "./db.ts";
import { FreeBook, readExpectedPayment } from "./expectedPayment.ts";
import { toFindings, type AuditedPayment } from "./findings.ts";

export type AuditContext = ProjectContext & ProviderContext;

/** Users, or products. */
const PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;
/** Each payment costs one to three calls of the provider: a page and its last user fit into a function's nine minutes. */
const PAGE_MS = 120_000;
const MAX_PAYMENTS = 400;
const PRODUCTS_STAGE = "products:";
const USERS_STAGE = "users:";

/**
 * Finds, from our documents and the provider's objects, what older versions got wrong about money. Writes nothing, so that
 * a page may be read again. All users come first, then all products.
 */
export async function auditMoney(
  context: AuditContext,
  { userId, cursor, limit = PAGE_SIZE }: AuditMoneyInput,
): Promise<AuditMoneyResult> {
  if (userId !== undefined) {
    if (cursor === undefined) return { findings: await auditUser(context, userId), next: null };
    throw new GatewayError("invalid_argument", "Cannot audit from a cursor: one user has no pages");
  }
  const from = cursor ?? USERS_STAGE;
  if (from.startsWith(USERS_STAGE))
    return await auditUsers(context, { after: from.slice(USERS_STAGE.length), limit });
  if (from.startsWith(PRODUCTS_STAGE))
    return await auditProducts(context, { after: from.slice(PRODUCTS_STAGE.length), limit });
  throw new GatewayError("invalid_argument", `Cannot audit from "${from}": it is no cursor of an audit`);
}

interface Page {
  after: string;
  limit: number;
}

/** Ends early if it takes long. */
async function auditUsers(context: AuditContext, { after, limit }: Page): Promise<AuditMoneyResult> {
  const findings: Finding[] = [];
  const endMs = context.now().getTime() + PAGE_MS;
  let last = after;
  for (let count = 0; count < limit && context.now().getTime() <= endMs; count += 1) {
    const userId = await readNextPayer(context.db, last);
    if (userId === undefined) return { findings, next: PRODUCTS_STAGE };
    findings.push(...(await auditUser(context, userId)));
    last = userId;
  }
  return { findings, next: `${USERS_STAGE}${last}` };
}

async function auditUser(context: AuditContext, userId: string): Promise<Finding[]> {
  const payments = await readPaymentsOf(context.db, { userId, limit: MAX_PAYMENTS + 1 });
  if (payments.length > MAX_PAYMENTS) return [toTooLarge(userId)];
  // Of what was free, the first time counts.
  const found = payments.toSorted((a, b) => toPaidMs(a) - toPaidMs(b));
  const free = new FreeBook();
  const audited: AuditedPayment[] = [];
  const unread: Finding[] = [];
  for (const read of found) {
    const finding = await tryAudit({ id: read.id, userId }, async () => {
      const stored = requireRead(read);
      const adapter = await requireAdapter(context, stored.provider);
      audited.push(await readExpectedPayment(context, adapter, { paymentId: read.id, stored }, free));
    });
    // What is not known is left out of the sums on both sides.
    unread.push(...finding);
  }
  return [...unread, ...toFindings(userId, audited)];
}

function toPaidMs(read: Read<Payment>): number {
  if ("error" in read) return 0;
  const { paidAt, createdAt } = read.value;
  return (paidAt ?? createdAt).getTime();
}

async function auditProducts(context: AuditContext, page: Page): Promise<AuditMoneyResult> {
  const { products, last } = await readProductsAfter(context.db, page);
  const findings: Finding[] = [];
  for (const read of products) {
    const unread = await tryAudit({ id: read.id }, async () => {
      const product = requireRead(read);
      const adapter = await requireAdapter(context, product.provider);
      findings.push(...(await auditProduct(adapter, { productId: read.id, product })));
    });
    findings.push(...unread);
  }
  return { findings, next: last === undefined ? null : `${PRODUCTS_STAGE}${last}` };
}

function requireRead<T>(read: Read<T>): T {
  if ("error" in read) throw read.error;
  return read.value;
}

/** What cannot be read is a finding of its own, so that it keeps nothing else from being audited. */
async function tryAudit(
  subject: { id: string; userId?: string },
  audit: () => Promise<void>,
): Promise<Finding[]> {
  try {
    await audit();
    return [];
  } catch (error) {
    return [toNotAudited(subject, error)];
  }
}

function toNotAudited({ id, userId }: { id: string; userId?: string }, error: unknown): Finding {
  if (!(error instanceof GatewayError || error instanceof DocumentError)) throw error;
  return {
    kind: "not_audited",
    id,
    ...(userId !== undefined && { userId }),
    found: error.message,
    expected: "readable",
    remedy: "Audit it again once it can be read",
  };
}

/** All payments of a user are weighed together, so that there are no parts to stop between. */
function toTooLarge(userId: string): Finding {
  return {
    kind: "not_audited",
    id: userId,
    userId,
    found: `more than ${MAX_PAYMENTS} payments`,
    expected: `at most ${MAX_PAYMENTS}`,
    remedy: "Compare the account with the provider's dashboard by hand",
  };
}
