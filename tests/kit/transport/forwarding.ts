import { once } from "node:events";
import {
  Metadata,
  status as codes,
  type Client,
  type ClientDuplexStream,
  type ServerDuplexStream,
  type StatusObject,
} from "@grpc/grpc-js";
import { countAnswer, countRequest, readQueries, readWritten, type Method } from "./firestoreMessages.ts";
import { noCounts, type Call, type Counts, type ErrorName, type Gate } from "./gate.ts";
import type { OpenTransactions } from "./transactions.ts";

type Downstream = ServerDuplexStream<Buffer, Buffer>;
type Upstream = ClientDuplexStream<Buffer, Buffer>;

export interface ForwardingParts {
  readonly method: Method;
  readonly gate: Gate;
  readonly client: Client;
  readonly transactions: OpenTransactions;
  readonly downstream: Downstream;
}

/** One call on its way to Firestore and back. */
export class Forwarding {
  readonly #parts: ForwardingParts;
  readonly #call: Call;
  readonly #metadata: Metadata;
  readonly #paths: string[] = [];
  readonly #held: Buffer[] = [];
  #request: object = {};
  #begun: string | undefined;

  constructor(parts: ForwardingParts) {
    this.#parts = parts;
    const name = parts.method.path.split("/").at(-1) ?? "";
    this.#call = { server: "firestore", name, counts: noCounts(), queries: [], written: [] };
    this.#metadata = parts.downstream.metadata.clone();
    // The client names itself, and cannot be named by others.
    this.#metadata.remove("user-agent");
  }

  /** Waits for the first message, which says what the call is about. */
  start(): void {
    const { downstream } = this.#parts;
    downstream.once("data", (first: Buffer) => {
      downstream.pause();
      this.#noteRequest(first);
      void this.#forward(first);
    });
  }

  async #forward(first: Buffer): Promise<void> {
    const { downstream, gate } = this.#parts;
    gate.enter(this.#call);
    const error = await gate.before(this.#call);
    if (error) {
      // Whatever fails without headers is repeated by the Google client, two times after two seconds each.
      downstream.sendMetadata(new Metadata());
      this.#fail(toStatus(error));
      return;
    }
    const upstream = this.#open();
    upstream.write(first);
    downstream.on("data", (message: Buffer) => {
      this.#noteRequest(message);
      upstream.write(message);
    });
    downstream.on("end", () => upstream.end());
    downstream.resume();
  }

  #open(): Upstream {
    const { downstream, client, method } = this.#parts;
    const options = { deadline: downstream.getDeadline() };
    const upstream = client.makeBidiStreamRequest(method.path, toBytes, toBytes, this.#metadata, options);
    downstream.on("cancelled", () => upstream.cancel());
    upstream.on("metadata", (metadata: Metadata) => downstream.sendMetadata(metadata));
    upstream.on("data", (message: Buffer) => this.#answer(message));
    // What went wrong is in the status, which comes in any case.
    upstream.on("error", () => {});
    upstream.on("status", (status: StatusObject) => void this.#finish(upstream, status));
    return upstream;
  }

  #answer(bytes: Buffer): void {
    const { method, gate, transactions, downstream } = this.#parts;
    const answer = method.responseDeserialize(bytes);
    add(this.#call.counts, countAnswer(this.#call.name, answer));
    this.#begun ??= transactions.noteBegun({ request: this.#request, answer, metadata: this.#metadata });
    if (gate.isAnswerAtStake(this.#call)) this.#held.push(bytes);
    else downstream.write(bytes);
  }

  async #finish(upstream: Upstream, status: StatusObject): Promise<void> {
    const { downstream, gate } = this.#parts;
    // The status may come while messages still wait to be read.
    if (status.code === codes.OK && !upstream.readableEnded) await once(upstream, "end");
    if (status.code === codes.OK) this.#noteDone();
    const error = await gate.after(this.#call);
    if (error) {
      await this.#forgetBegun();
      this.#fail(toStatus(error));
      return;
    }
    for (const message of this.#held) downstream.write(message);
    if (status.code === codes.OK) downstream.end(status.metadata);
    else this.#fail(status);
  }

  #noteRequest(bytes: Buffer): void {
    this.#request = this.#parts.method.requestDeserialize(bytes);
    add(this.#call.counts, countRequest(this.#call.name, this.#request));
    this.#call.queries.push(...readQueries(this.#request));
    this.#paths.push(...readWritten(this.#request));
  }

  #noteDone(): void {
    const { name, written } = this.#call;
    written.push(...this.#paths);
    if (name === "Commit" || name === "Rollback") this.#parts.transactions.noteEnded(this.#request);
  }

  /** A transaction whose beginning the caller never heard of is ended by nobody. */
  async #forgetBegun(): Promise<void> {
    if (this.#begun !== undefined) await this.#parts.transactions.rollBack(this.#begun);
  }

  #fail(status: Partial<StatusObject>): void {
    this.#parts.downstream.emit("error", status);
  }
}

/** Messages are handed on as they are. */
export function toBytes(bytes: Buffer): Buffer {
  return bytes;
}

function toStatus(error: ErrorName): Partial<StatusObject> {
  return { code: codes[error], details: `${error}: injected` };
}

function add(counts: Counts, more: Partial<Counts>): void {
  for (const name of ["reads", "queries", "found", "writes", "begun", "rolledBack"] as const)
    counts[name] += more[name] ?? 0;
}
