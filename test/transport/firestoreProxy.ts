import { once } from "node:events";
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  status as codes,
  type ClientDuplexStream,
  type handleBidiStreamingCall,
  type Metadata,
  type ServerDuplexStream,
  type StatusObject,
} from "@grpc/grpc-js";
import { HOST } from "../../local/ports.ts";
import { countAnswer, countRequest, loadMethods, readWritten, type Method } from "./firestoreMessages.ts";
import { noCounts, type Call, type Counts, type ErrorName, type Gate } from "./gate.ts";

/** A way to Firestore that counts what passes, and lets go wrong what the gate says. */
export interface FirestoreProxy {
  /** `host:port`, as FIRESTORE_EMULATOR_HOST wants it. */
  readonly host: string;
  /** Ends every call at once. */
  close(): void;
}

type Downstream = ServerDuplexStream<Buffer, Buffer>;
type Upstream = ClientDuplexStream<Buffer, Buffer>;

/** Every message may be as large as its sender makes it. */
const OPTIONS = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/**
 * Serves every method of Firestore by handing its messages, metadata, deadline, cancellation and trailers on, byte for
 * byte. They are read only to be counted.
 */
export async function startFirestoreProxy(firestoreHost: string, gate: Gate): Promise<FirestoreProxy> {
  const client = new Client(firestoreHost, credentials.createInsecure(), OPTIONS);
  const server = new Server(OPTIONS);
  for (const method of Object.values(loadMethods())) {
    const handle: handleBidiStreamingCall<Buffer, Buffer> = (downstream) =>
      new Forwarding({ method, gate, client, downstream }).start();
    // On the wire, a call with one message is a stream that happens to have one: all are forwarded alike.
    server.register(method.path, handle, toBytes, toBytes, "bidi");
  }
  const port = await listen(server);
  return {
    host: `${HOST}:${port}`,
    close() {
      server.forceShutdown();
      client.close();
    },
  };
}

interface Parts {
  readonly method: Method;
  readonly gate: Gate;
  readonly client: Client;
  readonly downstream: Downstream;
}

/** One call on its way through. */
class Forwarding {
  readonly #parts: Parts;
  readonly #call: Call;
  #paths: string[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    const name = parts.method.path.split("/").at(-1) ?? "";
    this.#call = { server: "firestore", name, counts: noCounts(), written: [] };
  }

  start(): void {
    const { downstream } = this.#parts;
    downstream.once("data", (first: Buffer) => {
      downstream.pause();
      this.#countRequest(first);
      void this.#forward(first);
    });
  }

  async #forward(first: Buffer): Promise<void> {
    const { downstream, gate } = this.#parts;
    gate.enter(this.#call);
    const error = await gate.before(this.#call);
    if (error) {
      fail(downstream, toStatus(error));
      return;
    }
    const upstream = this.#open();
    upstream.write(first);
    downstream.on("data", (message: Buffer) => {
      this.#countRequest(message);
      upstream.write(message);
    });
    downstream.on("end", () => upstream.end());
    downstream.resume();
  }

  #open(): Upstream {
    const { downstream, client, method, gate } = this.#parts;
    const options = { deadline: downstream.getDeadline() };
    const upstream = client.makeBidiStreamRequest(
      method.path,
      toBytes,
      toBytes,
      toForwarded(downstream.metadata),
      options,
    );
    downstream.on("cancelled", () => upstream.cancel());
    const held: Buffer[] = [];
    const isHeld = gate.isAnswerAtStake(this.#call);
    upstream.on("metadata", (metadata: Metadata) => downstream.sendMetadata(metadata));
    upstream.on("data", (message: Buffer) => {
      add(this.#call.counts, countAnswer(this.#call.name, method.responseDeserialize(message)));
      if (isHeld) held.push(message);
      else downstream.write(message);
    });
    // What went wrong is in the status, which comes in any case.
    upstream.on("error", () => {});
    upstream.on("status", (status: StatusObject) => void this.#finish(status, { upstream, held }));
    return upstream;
  }

  async #finish(
    status: StatusObject,
    { upstream, held }: { upstream: Upstream; held: readonly Buffer[] },
  ): Promise<void> {
    const { downstream, gate } = this.#parts;
    if (status.code === codes.OK) {
      // The status may come while messages still wait to be read.
      if (!upstream.readableEnded) await once(upstream, "end");
      this.#call.written.push(...this.#paths);
    }
    const error = await gate.after(this.#call);
    if (error) {
      fail(downstream, toStatus(error));
      return;
    }
    for (const message of held) downstream.write(message);
    if (status.code === codes.OK) downstream.end(status.metadata);
    else fail(downstream, status);
  }

  #countRequest(bytes: Buffer): void {
    const message = this.#parts.method.requestDeserialize(bytes);
    add(this.#call.counts, countRequest(this.#call.name, message));
    this.#paths.push(...readWritten(message));
  }
}

function toBytes(bytes: Buffer): Buffer {
  return bytes;
}

/** The client names itself, and may not be named by others. */
function toForwarded(metadata: Metadata): Metadata {
  const forwarded = metadata.clone();
  forwarded.remove("user-agent");
  return forwarded;
}

function toStatus(error: ErrorName): Partial<StatusObject> {
  return { code: codes[error], details: `${error}: injected` };
}

function fail(downstream: Downstream, status: Partial<StatusObject>): void {
  downstream.emit("error", status);
}

function add(counts: Counts, more: Partial<Counts>): void {
  for (const name of ["reads", "queries", "found", "writes", "begun", "rolledBack"] as const)
    counts[name] += more[name] ?? 0;
}

async function listen(server: Server): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
