import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import type { WebhookRequest } from "../../../functions/src/adapters/paymentAdapter.ts";
import type { JournalEntry } from "./objects.ts";
import { Refusal } from "./orders.ts";

const PAGE_SIZE = 20;

/** Orchard's journal, and the notices it posts of each entry, sealed with a key of which it publishes one half. */
export class Notices {
  readonly #entries: JournalEntry[] = [];
  readonly #keys = new Map<string, { privateKey: KeyObject; publicKey: KeyObject }>();
  readonly #now: () => Date;
  /** The notices that were posted, oldest first. */
  readonly posted: WebhookRequest[] = [];

  constructor(now: () => Date) {
    this.#now = now;
    this.rotateKey();
  }

  /** From now on a new key seals; the old ones stay published. */
  rotateKey(): void {
    this.#keys.set(`key-${this.#keys.size + 1}`, generateKeyPairSync("ed25519"));
  }

  write(topic: JournalEntry["topic"], ref: string): void {
    const number = String(this.#entries.length + 1).padStart(6, "0");
    const entry: JournalEntry = {
      entry: `JRN-${number}`,
      topic,
      ref,
      realm: "TEST",
      at: this.#now().toISOString(),
    };
    this.#entries.push(entry);
    this.posted.push(this.seal(JSON.stringify(entry)));
  }

  /** Oldest first, in pages. */
  list({ from, page }: { from: string; page: number }): { entries: JournalEntry[]; pages: number } {
    const entries = this.#entries.filter(({ at }) => at >= from);
    const start = (page - 1) * PAGE_SIZE;
    return { entries: entries.slice(start, start + PAGE_SIZE), pages: Math.ceil(entries.length / PAGE_SIZE) };
  }

  /** A body as Orchard posts it; with another key for what others would post in its name. */
  seal(body: string, { privateKey }: { privateKey?: KeyObject } = {}): WebhookRequest {
    const [keyId = "", own] = [...this.#keys].at(-1) ?? [];
    const key = privateKey ?? own?.privateKey;
    if (!key) throw new Error("Cannot seal: no key");
    const at = this.#now().getTime();
    const seal = sign(null, Buffer.from(`${keyId}\n${at}\n${body}`), key).toString("base64url");
    return {
      rawBody: Buffer.from(body),
      headers: { "content-type": "application/json", "orchard-seal": `key=${keyId}; at=${at}; seal=${seal}` },
    };
  }

  readPublicKey(keyId: string): string {
    const key = this.#keys.get(keyId);
    if (!key) throw new Refusal(404, "KEY_UNKNOWN");
    return key.publicKey.export({ type: "spki", format: "pem" }).toString();
  }
}
