import { once } from "node:events";
import http from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { controlRoutes } from "../http/control/handle.ts";
import { CARDS, ControlClient, ControlRefusal } from "./controlClient.ts";
import { startKit, type Kit } from "./kit.ts";
import { createSession } from "./shop.ts";

describe("ControlClient", () => {
  let kit: Kit;
  let control: ControlClient;

  beforeAll(async () => {
    kit = await startKit();
    control = new ControlClient(kit.server.url);
  });

  afterAll(async () => await kit.close());

  it("answers what the server did", async () => {
    const { id } = await createSession(kit.stripe);
    expect(await control.pay(id)).toMatchObject({ id, status: "complete" });
    const [event] = await control.readEvents({ type: "checkout.session.completed", sessionId: id });
    expect(event).toMatchObject({ sessionId: id, deliveries: [{ statuses: expect.anything() }] });
    const now = await control.readNowSeconds();
    await control.passUntil(now + 1_000);
    expect(await control.readNowSeconds()).toBeGreaterThanOrEqual(now + 1_000);
  });

  it("throws the refusal with its status and the server's reason", async () => {
    const { id } = await createSession(kit.stripe);
    const declined = control.pay(id, { card: CARDS.declined });
    await expect(declined).rejects.toBeInstanceOf(ControlRefusal);
    await expect(declined).rejects.toMatchObject({
      status: 402,
      message: expect.stringContaining("insufficient_funds"),
    });
    await control.expire(id);
    await expect(control.pay(id)).rejects.toMatchObject({ status: 409 });
  });

  it("has a method for every route", async () => {
    const asked = new Set<string>();
    const server = http.createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
      asked.add(`${request.method} ${path.replace("/id_1/", "/:id/")}`);
      response.end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("Cannot tell the server's port");
    const client = new ControlClient(`http://127.0.0.1:${address.port}`);
    // Each method takes an id, or nothing that the path depends on.
    const names = Object.getOwnPropertyNames(ControlClient.prototype).filter(
      (name) => name !== "constructor",
    );
    for (const name of names) await Reflect.apply(Reflect.get(client, name), client, ["id_1"]);
    server.closeAllConnections();
    server.close();
    expect([...asked].toSorted()).toEqual(Object.keys(controlRoutes).toSorted());
  });
});
