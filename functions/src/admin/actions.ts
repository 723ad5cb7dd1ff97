import * as z from "zod";
import type {
  GatewayAdminAction,
  GatewayAdminActions,
  GatewayAdminInput,
  GatewayAdminResult,
} from "../contract/admin.ts";
import { documentId, providerId, providerName, userIdSchema } from "../platform/ids.ts";
import { acceptsExactly } from "../platform/schema.ts";
import type { ReconciliationContext } from "../reconciliation/reconcile.ts";
import { auditMoney, MAX_PAGE_SIZE } from "./auditMoney.ts";
import { readUser, MAX_LIST_SIZE } from "./user/readUser.ts";
import { reconcile, redrive, type Reports } from "./repair.ts";
import { migrate, migrateShape } from "./migrate.ts";
import { revokeTestPayments } from "./revokeTestPayments.ts";
import { thaw } from "./thaw.ts";

export type AdminContext = ReconciliationContext;

const MAX_REASON_LENGTH = 500;

const reason = z
  .string()
  .max(MAX_REASON_LENGTH)
  .refine((text) => text.trim() !== "", "Expected a reason")
  .refine((text) => text.isWellFormed(), "Expected Unicode");

function inputOf<Name extends GatewayAdminAction, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z.strictObject({ action: z.literal(name), reason, ...shape });
}

const cursor = documentId.optional();
/** A stage, and the user's or product's id after which it goes on. */
const auditCursor = z
  .string()
  .regex(/^(?:users|products):(?!\.{1,2}$)(?!__.*__$)[^/]{0,200}$/s, "Expected the cursor of an audit")
  .refine((text) => text.isWellFormed(), "Expected Unicode");

export const gatewayAdminInput = acceptsExactly<GatewayAdminInput>()(
  z.discriminatedUnion("action", [
    inputOf("reconcile", {}),
    inputOf("redrive", { eventId: providerId, provider: providerName.optional() }),
    inputOf("thaw", { paymentId: providerId }),
    inputOf("audit", {
      userId: userIdSchema.optional(),
      cursor: auditCursor.optional(),
      limit: z.int().min(1).max(MAX_PAGE_SIZE).optional(),
    }),
    inputOf("revokeTestPayments", {
      dryRun: z.boolean(),
      cursor: documentId.optional(),
      limit: z.int().min(1).max(MAX_PAGE_SIZE).optional(),
    }),
    inputOf("readUser", {
      userId: userIdSchema,
      limit: z.int().min(1).max(MAX_LIST_SIZE).optional(),
      cursor: z
        .strictObject({
          payments: cursor,
          sessions: cursor,
          plans: cursor,
          grants: cursor,
          entries: cursor,
          holds: cursor,
        })
        .optional(),
    }),
    inputOf("migrate", migrateShape),
  ]),
);

/** Who asks, from their token, and who hears of it. */
export interface Request {
  actor: string;
  reports: Reports;
}

type InputOf<Name extends GatewayAdminAction> = {
  action: Name;
  reason: string;
} & GatewayAdminActions[Name]["input"];

interface Action<Name extends GatewayAdminAction> {
  readonly run: (
    context: AdminContext,
    input: InputOf<Name>,
    request: Request,
  ) => Promise<GatewayAdminResult<Name>>;
  /** What the log says of the result: nothing that is personal. */
  readonly summarize: (result: GatewayAdminResult<Name>) => object;
}

const actions: { readonly [Name in GatewayAdminAction]: Action<Name> } = {
  reconcile: {
    run: async (context, _input, { reports }) => await reconcile(context, reports),
    summarize: (report) => report,
  },
  redrive: {
    run: async (context, input, { reports }) => await redrive(context, input, reports),
    summarize: (redriven) => redriven,
  },
  thaw: {
    run: async (context, { paymentId, reason: why }, { actor }) =>
      await thaw(context, { paymentId, reason: why, actor }),
    summarize: (thawed) => thawed,
  },
  audit: {
    run: async (context, input) => await auditMoney(context, input),
    summarize: ({ findings, next }) => ({ findings: findings.length, next }),
  },
  revokeTestPayments: {
    run: async (context, input) => await revokeTestPayments(context, input),
    summarize: (page) => ({
      revoked: page.revoked.map(({ paymentId }) => paymentId),
      unknown: page.unknown.map(({ paymentId }) => paymentId),
      next: page.next,
    }),
  },
  readUser: {
    run: async (context, input) => await readUser(context, input),
    summarize: ({ next }) => ({ next }),
  },
  migrate: {
    run: async (context, { cursor: after, limit }) => await migrate(context, { cursor: after, limit }),
    summarize: ({ payments, accounts, failed, next }) => ({
      payments,
      accounts,
      failed: failed.length,
      next,
    }),
  },
};

/** What an action did. `summary`: of its result, for the log. */
export interface Acted<Name extends GatewayAdminAction> {
  result: GatewayAdminResult<Name>;
  summary: object;
}

/** Does one action for an admin, who was asked for their claim before. */
export async function act<Name extends GatewayAdminAction>(
  context: AdminContext,
  input: InputOf<Name>,
  request: Request,
): Promise<Acted<Name>> {
  const action: Action<Name> = actions[input.action];
  const result = await action.run(context, input, request);
  return { result, summary: action.summarize(result) };
}
