import type { Client, Metadata } from "@grpc/grpc-js";
import { METHODS, toFields } from "./firestoreMessages.ts";

interface Open {
  readonly database: unknown;
  readonly transaction: Buffer;
  readonly metadata: Metadata;
}

/**
 * The transactions that a process has begun and not ended. Firestore ends one that is idle a minute after its process
 * died, and keeps its locks until then; a test that does not want to wait for that ends it by `rollBack`.
 * Source: https://docs.cloud.google.com/firestore/native/docs/transaction-data-contention
 */
export class OpenTransactions {
  readonly #client: Client;
  readonly #open = new Map<string, Open>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The id of the transaction that an answer begins, if it does. */
  noteBegun(exchange: { request: object; answer: object; metadata: Metadata }): string | undefined {
    const { transaction } = toFields(exchange.answer);
    if (!Buffer.isBuffer(transaction) || transaction.length === 0) return undefined;
    const { database } = toFields(exchange.request);
    const id = transaction.toString("base64");
    this.#open.set(id, { database, transaction, metadata: exchange.metadata });
    return id;
  }

  noteEnded(request: object): void {
    const { transaction } = toFields(request);
    if (Buffer.isBuffer(transaction)) this.#open.delete(transaction.toString("base64"));
  }

  async rollBackAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.rollBack(id)));
  }

  async rollBack(id: string): Promise<void> {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    const { database, transaction, metadata } = open;
    const { path, requestSerialize, responseDeserialize } = METHODS.Rollback;
    await new Promise<void>((resolve) => {
      const request = { database, transaction };
      // An error says that it has ended meanwhile.
      const done = (): void => resolve();
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done);
    });
  }
}
