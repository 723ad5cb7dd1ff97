import * as fc from "fast-check";
import { toCall } from "../kit/hosting/requests.ts";
import type { Message } from "../kit/hosting/send.ts";
import { hostile, hostileKey, toJson, toObject } from "./hostile.ts";
import { ALLOWED_URLS, contracts, predict, type Code, type Contract, type Seeded } from "./model.ts";
import { decode, undecodable } from "./protocol.ts";
import { wireFaults, type WireFault } from "./wires.ts";

/** One call of a callable, with something wrong. */
export interface Attempt {
  readonly name: string;
  readonly caller: TokenChoice;
  readonly data: unknown;
  /** What is wrong with the request itself, if anything. */
  readonly fault: WireFault | null;
  /** Whether the caller asks for a stream of results. */
  readonly isStream: boolean;
}

/** Who calls: which of the tokens of a kind. */
export interface TokenChoice {
  readonly kind: keyof Tokens | "nobody";
  readonly index: number;
}

/** Tokens by what they are worth; each list has many, for a user may only ask so often. */
export interface Tokens {
  readonly forged: readonly string[];
  readonly users: readonly string[];
  /** Who claim something like an admin's claim. */
  readonly almostAdmins: readonly string[];
  readonly admins: readonly string[];
}

/** The only right answer. There is no code if Google's framework answers. */
export interface Refusal {
  readonly status: number;
  readonly code?: Code;
}

const statuses: Readonly<Record<Code, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
};

/** What a callable takes, in each of its forms. `fixed`: the fields that make it this one. */
interface Form {
  readonly name: string;
  readonly contract: Contract;
  readonly fixed: Readonly<Record<string, unknown>>;
}

const forms = Object.entries(contracts).flatMap(([name, contract]): Form[] => {
  const { actions, ...shared } = contract;
  if (!actions) return [{ name, contract, fixed: {} }];
  return Object.entries(actions).map(([action, acted]) => ({
    name,
    contract: { ...shared, ...acted },
    fixed: { action },
  }));
});

/** Calls of every callable that must each be refused. */
export function anyAttempt(seeded: Seeded): fc.Arbitrary<Attempt> {
  return fc
    .oneof(
      ...forms.map(({ name, contract, fixed }) =>
        fc.record<Attempt>({
          name: fc.constant(name),
          caller: anyCaller(contract),
          data: anyData(contract, seeded, fixed),
          fault: fc.oneof(
            { weight: 15, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.constantFrom(...wireFaults) },
          ),
          isStream: fc.nat(20).map((chance) => chance === 20),
        }),
      ),
    )
    .filter((attempt) => toRefusal(attempt, seeded) !== undefined);
}

/** Every field of every callable just beyond its limits, once each. */
export function toEdgeAttempts(seeded: Seeded): Attempt[] {
  return forms
    .flatMap(({ name, contract: { forAdmins, required, optional }, fixed }) => {
      const caller: TokenChoice = { kind: forAdmins ? "admins" : "users", index: 0 };
      const fields = Object.keys(required).map((field) => [field, valuesOf(field, seeded).at(-1)] as const);
      return Object.keys({ ...fixed, ...required, ...optional }).flatMap((field) =>
        toEdges(field).map((edge) => {
          const data = toChanged({ ...fixed, ...Object.fromEntries(fields) }, [field, edge]);
          return { name, caller, data, fault: null, isStream: false };
        }),
      );
    })
    .filter((attempt) => toRefusal(attempt, seeded) !== undefined);
}

export function toMessage({ caller, data, fault, isStream }: Attempt, tokens: Tokens): Message {
  const { kind, index } = caller;
  const token = kind === "nobody" ? undefined : tokens[kind][index % tokens[kind].length];
  const { headers } = toCall(null, { token });
  const accept = isStream ? "text/event-stream" : "*/*";
  const message = { headers: { ...headers, accept }, body: toJson({ data }) };
  if (!fault) return message;
  return { ...message, ...fault.change, headers: { ...message.headers, ...fault.change.headers } };
}

/** Undefined when the call is to be accepted. */
export function toRefusal(attempt: Attempt, seeded: Seeded): Refusal | undefined {
  const { fault, isStream } = attempt;
  if (fault?.unreadable) return { status: fault.unreadable };
  const code = fault ? "INVALID_ARGUMENT" : toCode(attempt, seeded);
  // A stream has begun with 200 before it is known how it ends.
  return code && { status: isStream ? 200 : statuses[code], code };
}

function toCode({ name, data, caller }: Attempt, seeded: Seeded): Code | undefined {
  const contract = contracts[name];
  if (!contract) throw new Error(`Cannot predict "${name}": no contract`);
  const decoded = decode(data);
  if (decoded === undecodable) return "INVALID_ARGUMENT";
  if (caller.kind === "nobody" || caller.kind === "forged") return "UNAUTHENTICATED";
  if (contract.forAdmins && caller.kind !== "admins") return "PERMISSION_DENIED";
  return predict(contract, decoded, seeded);
}

function anyCaller({ forAdmins }: Contract): fc.Arbitrary<TokenChoice> {
  const kinds = [forAdmins ? "admins" : "users", "users", "almostAdmins", "forged", "nobody"] as const;
  return fc.record({
    kind: fc.oneof(
      ...kinds.map((kind, index) => ({ weight: index === 0 ? 12 : 1, arbitrary: fc.constant(kind) })),
    ),
    index: fc.nat(999),
  });
}

/** Mostly an input of the right form with a few changes, or with none: then it asks for what is not there. */
function anyData(
  { required, optional, textIs }: Contract,
  seeded: Seeded,
  fixed: Form["fixed"],
): fc.Arbitrary<unknown> {
  const names = Object.keys({ ...required, ...optional });
  const model = Object.fromEntries(names.map((name) => [name, anyOf(name, seeded)]));
  const changed = fc
    .tuple(
      fc.record(model, { requiredKeys: Object.keys(required) }),
      fc.array(anyChange([...Object.keys(fixed), ...names]), { maxLength: 3 }),
    )
    .map(([data, changes]) => changes.reduce(toChanged, { ...fixed, ...data }));
  return fc.oneof(
    { weight: 10, arbitrary: changed },
    { weight: 2, arbitrary: hostile },
    ...(textIs === undefined ? [] : [{ weight: 3, arbitrary: anyOf(textIs, seeded) }]),
  );
}

/** A field's new value; `undefined` takes the field away. */
type Change = readonly [name: string, value: unknown];

function anyChange(names: readonly string[]): fc.Arbitrary<Change> {
  const added = fc.tuple(hostileKey, hostile);
  if (names.length === 0) return added;
  const name = fc.constantFrom(...names);
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, hostile) },
    {
      weight: 4,
      arbitrary: name.chain((known) => fc.tuple(fc.constant(known), fc.constantFrom(...toEdges(known)))),
    },
    { weight: 1, arbitrary: fc.tuple(name, fc.constant(undefined)) },
    { weight: 2, arbitrary: added },
  );
}

function toChanged(data: Record<string, unknown>, [name, value]: Change): Record<string, unknown> {
  const others = Object.entries(data).filter(([other]) => other !== name);
  return toObject(value === undefined ? others : [...others, [name, value]]);
}

/** Just beyond what a field may be. */
function toEdges(name: string): unknown[] {
  const edges: Readonly<Record<string, unknown[]>> = {
    provider: ["a".repeat(33), "Stripe", "1stripe", "stripe-2", ""],
    quantity: [0, -1, 1.5, 1_000, "1"],
    amount: [0, -1, 1.5, 1_000_000_001, 2 ** 53, "1"],
    requestId: ["", "a".repeat(65), "a.b"],
    key: ["", "a".repeat(101), "__a__", "a.b"],
    reason: ["", "a".repeat(201), "a".repeat(501), " ", "\ud800"],
    action: ["", "Thaw", "constructor", "grant", 1, ["thaw"]],
    dryRun: ["false", 0, null],
    limit: [0, 101, 1.5, "1"],
    cursor: ["", "events:1", "users:a/b", "products:__a__", { payments: "" }, { customers: "a" }],
    userId: ["", "a".repeat(129), "a/b", ".", "..", "__a__", "__\n__", "a\udfff"],
    expiresAt: ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2999-02-30T00:00:00Z", "2999-01-01"],
  };
  const text = [
    "a".repeat(2_001),
    "https://app.example:8443/",
    "https://app.example.evil.example/",
    "//app.example",
  ];
  const id = ["", "a".repeat(201), "__a__", "a/b", "a.b"];
  return edges[name] ?? (name.endsWith("Url") ? text : id);
}

/** Values of the right form: of what there is, of what there is not, and of what is somebody else's. */
function valuesOf(name: string, seeded: Seeded): readonly unknown[] {
  const { productId, priceId, sessionId, paymentId, paidAmount, victimId, grantKey } = seeded;
  const urls = [...ALLOWED_URLS, "https://evil.example/"];
  const values: Readonly<Record<string, readonly unknown[]>> = {
    provider: ["stripe", "paypal", "constructor"],
    quantity: [1, 2, 999],
    requestId: ["r1", "constructor"],
    successUrl: urls,
    cancelUrl: urls,
    returnUrl: urls,
    amount: [1, paidAmount, paidAmount + 1, 1_000_000_000],
    key: [grantKey, "key:1"],
    reason: ["Fuzz"],
    dryRun: [true],
    limit: [1, 100],
    cursor: [
      { payments: paymentId },
      { entries: "none_1" },
      {},
      "users:",
      "products:none_1",
      "accounts:",
      "payments:none_1",
    ],
    userId: [victimId, "constructor"],
    expiresAt: ["2999-01-01T00:00:00Z", "2999-12-28T23:59:59Z"],
  };
  const ids = [productId, priceId, sessionId, paymentId, victimId, "constructor", "none_1"];
  return values[name] ?? ids;
}

function anyOf(name: string, seeded: Seeded): fc.Arbitrary<unknown> {
  return fc.constantFrom(...valuesOf(name, seeded));
}
