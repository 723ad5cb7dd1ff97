import { once } from "node:events";
import { request } from "node:http";
import { createServer, type Server } from "node:net";
import { setImmediate } from "node:timers/promises";
import { http, type HttpFunction } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

const SECRET = "whsec_router";
const MAX_BYTES = 1024 * 1024;

const environment = {
  GCLOUD_PROJECT: "demo-router",
  STRIPE_SECRET_KEY: "sk_test_router",
  STRIPE_WEBHOOK_SECRET: SECRET,
  FRONTEND_URL: "https://shop.example",
  MAX_CALLS_PER_MINUTE: "60",
  MAX_CHECKOUTS_PER_HOUR: "30",
  MAX_OPEN_SESSIONS: "20",
};

/** What the function wrote to its log, line by line. */
const lines: Record<string, unknown>[] = [];
const servers: Server[] = [];
let url: string;

beforeAll(async () => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // The logger takes the console's functions when it is loaded.
  for (const name of ["info", "warn", "error"] as const)
    vi.spyOn(console, name).mockImplementation((line: unknown) => void lines.push(JSON.parse(String(line))));
  url = await serve("gateway");
});

beforeEach(() => void (lines.length = 0));

afterAll(() => {
  for (const server of servers) server.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("the webhook's route", () => {
  it.each(["/webhook/stripe", "/webhook/stripe/", "/gateway/webhook/stripe", "/gateway/webhook/stripe/"])(
    "takes %s",
    async (path) => {
      expect(await post(path, toEvent())).toEqual({
        status: 200,
        allow: null,
        body: { received: true, outcome: "ignored" },
      });
      expect(lines).toEqual([
        expect.objectContaining({
          severity: "INFO",
          message: "Webhook received",
          provider: "stripe",
          outcome: "ignored",
          eventId: "evt_1",
          type: "invoice.upcoming",
          reason: "unknown_type",
        }),
      ]);
    },
  );

  it.each([
    "/",
    "/webhook",
    "/webhook/",
    "/webhook/Stripe",
    "/webhook/stripe/more",
    "/webhook/stripe//",
    "/other/webhook/stripe",
    "/gatewaywebhook/stripe",
    `/webhook/${"s".repeat(33)}`,
  ])("knows no %s", async (path) => {
    const error = `Cannot serve "${path}": not found`;
    expect(await post(path, toEvent())).toEqual({
      status: 404,
      allow: null,
      body: { received: false, error },
    });
  });

  it("knows no other provider, whose name may be as long as a name can be", async () => {
    for (const provider of ["paypal", "p".repeat(32), "constructor"]) {
      const error = `Cannot use provider "${provider}": not found`;
      expect(await post(`/webhook/${provider}`, toEvent())).toEqual({
        status: 404,
        allow: null,
        body: { received: false, error },
      });
    }
  });

  it("takes POST alone, and says so", async () => {
    const response = await fetch(`${url}/webhook/stripe`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
    expect(await response.json()).toEqual({ received: false, error: "Expected POST" });
  });

  it("expects a body", async () => {
    expect(await post("/webhook/stripe", "")).toMatchObject({
      status: 400,
      body: { received: false, error: "Expected a body" },
    });
  });

  it("expects a body also where the request does not speak of one", async () => {
    const bare = request(`${url}/webhook/stripe`, { method: "POST" });
    for (const header of ["content-length", "transfer-encoding"]) bare.removeHeader(header);
    const [response] = await once(bare.end(), "response");
    response.resume();
    expect(response.statusCode).toBe(400);
    expect(lines).toEqual([]);
  });

  it("takes a body of one megabyte, and no larger one", async () => {
    const event = toEvent();
    const largest = event + " ".repeat(MAX_BYTES - event.length);
    expect(await post("/webhook/stripe", largest)).toMatchObject({ status: 200 });
    expect(await post("/webhook/stripe", `${largest} `)).toMatchObject({
      status: 413,
      body: { received: false, error: `Expected at most ${MAX_BYTES} bytes` },
    });
  });

  it("refuses a body that is not signed, for good", async () => {
    const error = "Cannot accept the webhook: the signature is not valid";
    expect(await post("/webhook/stripe", toEvent(), { signature: "t=1,v1=00" })).toEqual({
      status: 400,
      allow: null,
      body: { received: false, error },
    });
    expect(lines).toEqual([
      expect.objectContaining({
        severity: "WARNING",
        message: "Webhook refused",
        provider: "stripe",
        code: "invalid_argument",
        reason: error,
      }),
    ]);
  });

  it("wants to be asked again when it cannot check", async () => {
    vi.stubEnv("STRIPE_WEBHOOK_SECRET", "");
    const unset = await serve("unset");
    expect(await send(`${unset}/webhook/stripe`, toEvent(), sign(toEvent()))).toEqual({
      status: 500,
      allow: null,
      body: { received: false, error: "Cannot process the webhook now, try again later" },
    });
    expect(lines).toEqual([
      expect.objectContaining({
        severity: "ERROR",
        // The logger adds a stack to errors.
        message: expect.stringMatching(/^Error: Webhook failed\n/),
        provider: "stripe",
        error: expect.stringContaining("No webhook secret is configured"),
      }),
    ]);
  });

  it("waits for nothing any more once it has answered", async () => {
    const started = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    expect(await post("/webhook/stripe", toEvent())).toMatchObject({ status: 200 });
    const at = started.mock.calls.findIndex(([, delayMs]) => delayMs === 10_000);
    expect(cleared).toHaveBeenCalledWith(started.mock.results[at]?.value ?? "the deadline's timer");
  });

  it("says after ten seconds that it is not done, whatever it waits for", async () => {
    const silent = createServer();
    vi.stubEnv("FUNCTIONS_EMULATOR", "true");
    vi.stubEnv("STRIPE_API_BASE_URL", await listen(silent));
    vi.stubEnv("STRIPE_WEBHOOK_SECRET", SECRET);
    // Whose a session is depends on the project, which Firebase says here.
    vi.stubEnv("FIREBASE_CONFIG", JSON.stringify({ projectId: environment.GCLOUD_PROJECT }));
    const waiting = await serve("waiting");
    // An old version's session is fetched anew.
    const session = {
      id: "cs_1",
      object: "checkout.session",
      metadata: { gatewayProject: environment.GCLOUD_PROJECT },
    };
    const event = toEvent({
      type: "checkout.session.completed",
      object: session,
      apiVersion: "2024-06-20",
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const answer = send(`${waiting}/webhook/stripe`, event, sign(event));
    await once(silent, "connection");
    await vi.advanceTimersByTimeAsync(9_999);
    await setImmediate();
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toMatchObject({ status: 500, body: { received: false } });
    expect(lines).toEqual([
      expect.objectContaining({
        severity: "ERROR",
        provider: "stripe",
        error: expect.stringMatching(/^Error: Not done within 10000 ms\n/),
      }),
    ]);
  });
});

describe("the function", () => {
  it("may be called by anybody, has Stripe's secrets and a minute", async () => {
    const { gateway } = await vi.importActual<{ gateway: HttpFunction }>("./router.ts");
    const endpoint = {
      region: ["us-central1"],
      httpsTrigger: { invoker: ["public"] },
      secretEnvironmentVariables: [{ key: "STRIPE_SECRET_KEY" }, { key: "STRIPE_WEBHOOK_SECRET" }],
      timeoutSeconds: 60,
    };
    expect(gateway).toHaveProperty("__endpoint", expect.objectContaining(endpoint));
  });
});

interface Answer {
  status: number;
  allow: string | null;
  body: unknown;
}

/** Serves the function with the current environment; returns its address. */
async function serve(name: string): Promise<string> {
  vi.resetModules();
  const { gateway } = await vi.importActual<{ gateway: HttpFunction }>("./router.ts");
  http(name, gateway);
  return await listen(getTestServer(name));
}

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("Cannot listen");
  return `http://127.0.0.1:${address.port}`;
}

async function post(
  path: string,
  body: string,
  { signature = sign(body) }: { signature?: string } = {},
): Promise<Answer> {
  return await send(`${url}${path}`, body, signature);
}

async function send(address: string, body: string, signature: string): Promise<Answer> {
  const headers = { "content-type": "application/json", "stripe-signature": signature };
  const response = await fetch(address, { method: "POST", headers, body });
  return {
    status: response.status,
    allow: response.headers.get("allow"),
    body: await response.json(),
  };
}

function sign(payload: string): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
}

/** An event that says nothing about money, so that no database is asked. */
function toEvent({
  type = "invoice.upcoming",
  object = { id: "in_1", object: "invoice" },
  apiVersion = Stripe.API_VERSION,
}: { type?: string; object?: object; apiVersion?: string } = {}): string {
  return JSON.stringify({
    id: "evt_1",
    object: "event",
    api_version: apiVersion,
    created: 1,
    livemode: false,
    type,
    data: { object },
  });
}
