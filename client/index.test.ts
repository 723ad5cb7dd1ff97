import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { deleteApp, initializeApp } from "firebase/app";
import { connectFunctionsEmulator, FunctionsError, getFunctions, type Functions } from "firebase/functions";
import type { Timestamp } from "firebase/firestore";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import {
  createFunctionProvider,
  GatewayClientError,
  type FunctionProvider,
  type GatewayAdminResult,
  type GatewayClientErrorCode,
  type GatewayFunctions,
  type Plan,
  type SubscriptionDocument,
} from "./index.ts";

interface Answer {
  status: number;
  body: string;
}
interface Received {
  url: string | undefined;
  body: unknown;
}

let server: Server;
let functions: Functions;
let functionProvider: FunctionProvider;
let answer: Answer | "hang up" | "never";
let received: Received[];

const app = initializeApp({ projectId: "demo-client", apiKey: "key" });

beforeAll(async () => {
  server = createServer((request, response) => void respond(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  functions = getFunctions(app, "us-central1");
  connectFunctionsEmulator(functions, "127.0.0.1", toPort(server));
});

beforeEach(() => {
  received = [];
  functionProvider = createFunctionProvider(functions);
});

afterEach(() => server.closeAllConnections());

afterAll(async () => {
  server.close();
  await deleteApp(app);
});

describe("createFunctionProvider", () => {
  it("sends the input and returns the result", async () => {
    const session = {
      sessionId: "cs_1",
      url: "https://pay.example",
      expiresAt: "2030-01-01T00:00:00.000Z",
      provider: "stripe",
    };
    answer = { status: 200, body: JSON.stringify({ result: session }) };

    const result = await functionProvider.run("createPaymentSession", { productId: "prod_1", quantity: 2 });

    expect(result).toEqual(session);
    expect(received).toEqual([
      {
        url: "/demo-client/us-central1/createPaymentSession",
        body: { data: { productId: "prod_1", quantity: 2 } },
      },
    ]);
  });

  it("sends a plain session id as it is", async () => {
    answer = { status: 200, body: JSON.stringify({ result: { success: false } }) };
    await functionProvider.run("verifyPayment", "cs_1");
    expect(received).toEqual([{ url: "/demo-client/us-central1/verifyPayment", body: { data: "cs_1" } }]);
  });

  it("infers input and result from the function's name", () => {
    const { run } = functionProvider;
    expectTypeOf(run<"createPaymentSession">).returns.resolves.toEqualTypeOf<
      GatewayFunctions["createPaymentSession"]["result"]
    >();
    expectTypeOf(run<"verifyPayment">).returns.resolves.toEqualTypeOf<
      GatewayFunctions["verifyPayment"]["result"]
    >();
    expectTypeOf(run<"verifyPayment">)
      .parameter(1)
      .toEqualTypeOf<string | { sessionId: string; provider?: string | undefined }>();
    expectTypeOf(run<"createPaymentSession">)
      .parameter(1)
      .toHaveProperty("productId")
      .toBeString();
    expectTypeOf(run<"gatewayAdmin", "thaw">)
      .returns.resolves.toHaveProperty("thawed")
      .toEqualTypeOf<string[]>();
    expectTypeOf(run).parameter(0).toEqualTypeOf<keyof GatewayFunctions>();
  });

  it("infers the result of an admin's action from its input", async () => {
    answer = { status: 200, body: JSON.stringify({ result: { thawed: [] } }) };
    const input = { action: "thaw", paymentId: "stripe_pi_1", reason: "A regular" } as const;
    const thawing = functionProvider.run("gatewayAdmin", input);
    expectTypeOf(thawing).resolves.toEqualTypeOf<GatewayAdminResult<"thaw">>();
    expect((await thawing).thawed).toEqual([]);
  });

  it("refuses what an admin's action does not take, when it is compiled", () => {
    const { run } = functionProvider;
    const wrong = [
      async () =>
        // @ts-expect-error a reconciliation takes no payment
        await run("gatewayAdmin", { action: "reconcile", paymentId: "pi_1", reason: "None" }),
      // @ts-expect-error every action needs a reason
      async () => await run("gatewayAdmin", { action: "reconcile" }),
    ];
    expect(wrong).toHaveLength(2);
  });

  it.each<[status: number, wire: string, code: GatewayClientErrorCode, retryable: boolean]>([
    [400, "INVALID_ARGUMENT", "invalid-argument", false],
    [400, "FAILED_PRECONDITION", "failed-precondition", false],
    [401, "UNAUTHENTICATED", "unauthenticated", false],
    [404, "NOT_FOUND", "not-found", false],
    [429, "RESOURCE_EXHAUSTED", "resource-exhausted", true],
    [500, "INTERNAL", "internal", true],
    [503, "UNAVAILABLE", "unavailable", true],
  ])("turns a %i %s into %s", async (status, wire, code, retryable) => {
    answer = { status, body: JSON.stringify({ error: { status: wire, message: `Cannot "${wire}"` } }) };
    const error = await readError(functionProvider.run("verifyPayment", "cs_1"));
    expect(error).toMatchObject({ name: "GatewayClientError", code, retryable, message: `Cannot "${wire}"` });
    expect(error.cause).toBeInstanceOf(FunctionsError);
  });

  it.each<[what: string, details: unknown, subscriptionIds: string[]]>([
    ["the ids", { subscriptionIds: ["sub_1", "sub_2"] }, ["sub_1", "sub_2"]],
    ["no details", undefined, []],
    ["something else", { subscriptionIds: 5 }, []],
    ["other things among them", { subscriptionIds: ["sub_1", null, 2] }, ["sub_1"]],
  ])("reads which subscriptions a refusal is about from %s", async (_what, details, subscriptionIds) => {
    const refusal = { status: "FAILED_PRECONDITION", message: "There are 2", details };
    answer = { status: 400, body: JSON.stringify({ error: refusal }) };
    const error = await readError(functionProvider.run("cancelSubscription", {}));
    expect(error.subscriptionIds).toEqual(subscriptionIds);
  });

  it.each<[what: string, details: unknown, retryAt: Date | undefined]>([
    ["the time", { retryAt: "2030-01-01T00:01:00.000Z" }, new Date("2030-01-01T00:01:00.000Z")],
    ["no time", undefined, undefined],
    ["something else", { retryAt: 5 }, undefined],
  ])("reads when to come back from %s of a refusal", async (_what, details, retryAt) => {
    const refusal = { status: "RESOURCE_EXHAUSTED", message: "Too many", details };
    answer = { status: 429, body: JSON.stringify({ error: refusal }) };
    const error = await readError(functionProvider.run("verifyPayment", "cs_1"));
    expect(error.retryAt).toEqual(retryAt);
  });

  it("keeps an unhandled error of the function apart from no answer", async () => {
    answer = { status: 500, body: JSON.stringify({ error: { status: "INTERNAL", message: "INTERNAL" } }) };
    expect(await readError(functionProvider.run("verifyPayment", "cs_1"))).toMatchObject({
      code: "internal",
    });
  });

  it.each<[situation: string, answer: Answer | "hang up"]>([
    ["a broken connection", "hang up"],
    ["a proxy's error page", { status: 500, body: "<h1>Internal Server Error</h1>" }],
    ["an overloaded proxy", { status: 503, body: "" }],
  ])("calls %s unavailable", async (_situation, given) => {
    answer = given;
    const error = await readError(functionProvider.run("verifyPayment", "cs_1"));
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
  });

  it("calls an unreachable server unavailable", async () => {
    const nobody = createServer();
    await once(nobody.listen(0, "127.0.0.1"), "listening");
    const port = toPort(nobody);
    await once(nobody.close(), "close");
    const lonely = getFunctions(app, "europe-west1");
    connectFunctionsEmulator(lonely, "127.0.0.1", port);

    const error = await readError(createFunctionProvider(lonely).run("verifyPayment", "cs_1"));

    expect(error).toMatchObject({ code: "unavailable", message: 'Cannot reach "verifyPayment"' });
  });

  it("gives up after its time limit", async () => {
    answer = "never";
    const hasty = createFunctionProvider(functions, { timeout: 50 });
    const error = await readError(hasty.run("verifyPayment", "cs_1"));
    expect(error).toMatchObject({ code: "deadline-exceeded", retryable: true });
  });
});

describe("the document types", () => {
  it("let an app read a user's plan with the SDK's timestamps", () => {
    expectTypeOf<SubscriptionDocument<Timestamp>>().toHaveProperty("availableCredits").toBeNumber();
    expectTypeOf<SubscriptionDocument<Timestamp>["plan"]>().toEqualTypeOf<Plan<Timestamp> | undefined>();
    expectTypeOf<Plan<Timestamp>["readAt"]>().toEqualTypeOf<Timestamp>();
  });
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  received.push({ url: request.url, body: JSON.parse(body.toString()) });
  if (answer === "hang up") request.socket.destroy();
  else if (answer !== "never") response.writeHead(answer.status).end(answer.body);
}

async function readError(call: Promise<unknown>): Promise<GatewayClientError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatewayClientError) return error;
  throw new Error("Expected a GatewayClientError", { cause: error });
}

function toPort(listening: Server): number {
  const address = listening.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("Expected a listening server");
}
