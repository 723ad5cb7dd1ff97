import { verify } from "node:crypto";
import { z } from "zod";
import type {
  ParsedEvent,
  ProviderEvent,
  ProviderResult,
  WebhookRequest,
} from "../../../functions/src/adapters/paymentAdapter.ts";
import { entrySchema, fail, type OrchardApi } from "./api.ts";

/** Orchard's notices are good for five minutes. */
const TOLERANCE_MS = 300_000;
const SEAL = /^key=([a-z0-9-]{1,40}); at=(\d{1,15}); seal=([A-Za-z0-9_-]{86})$/;
const keySchema = z.object({ public_key: z.string() });

/** Orchard's public keys: asked for when a notice names one that is not known yet. */
export class PublicKeys {
  readonly #api: OrchardApi;
  readonly #keys = new Map<string, string>();

  constructor(api: OrchardApi) {
    this.#api = api;
  }

  async read(keyId: string): Promise<ProviderResult<string>> {
    const known = this.#keys.get(keyId);
    if (known !== undefined) return { outcome: "ok", value: known };
    const asked = await this.#api.call({ path: `keys/${keyId}`, answer: keySchema });
    if (asked.outcome === "failed") return asked;
    this.#keys.set(keyId, asked.value.public_key);
    return { outcome: "ok", value: asked.value.public_key };
  }
}

/** The body of a notice that Orchard sealed just now. */
export async function verifySeal(
  { rawBody, headers }: WebhookRequest,
  { keys, now }: { keys: PublicKeys; now: Date },
): Promise<ProviderResult<string>> {
  const header = headers["orchard-seal"];
  const [, keyId, at, seal] = (typeof header === "string" && SEAL.exec(header)) || [];
  if (keyId === undefined || at === undefined || seal === undefined) return fail("signature", "No seal");
  if (Math.abs(now.getTime() - Number(at)) > TOLERANCE_MS) return fail("signature", "An old seal");
  const key = await keys.read(keyId);
  if (key.outcome === "failed") {
    return key.failure.kind === "not_found" ? fail("signature", "An unknown key") : key;
  }
  const sealed = Buffer.concat([Buffer.from(`${keyId}\n${at}\n`), rawBody]);
  if (!verify(null, sealed, key.value, Buffer.from(seal, "base64url")))
    return fail("signature", "A wrong seal");
  return { outcome: "ok", value: Buffer.from(rawBody).toString("utf8") };
}

/** A notice says what changed, and is followed by reading it. Undefined for a body that is no notice. */
export function parseNotice(body: string, realm: "TEST" | "LIVE"): ParsedEvent | undefined {
  const parsed = entrySchema.safeParse(parseJson(body));
  if (!parsed.success) return undefined;
  const { entry: eventId, topic, ref } = parsed.data;
  const event: ProviderEvent = { eventId, type: `${topic.toLowerCase()}.changed` };
  if (parsed.data.realm !== realm) return { ...event, outcome: "ignored", reason: "environment_mismatch" };
  if (topic === "ORDER") return { ...event, outcome: "refetch", subject: { sessionId: ref } };
  if (topic === "ITEM") return { ...event, outcome: "product", productId: ref, saysWorth: true };
  return { ...event, outcome: "ignored", reason: "unknown_type" };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
