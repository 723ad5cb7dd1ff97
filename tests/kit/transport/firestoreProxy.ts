import { Client, credentials, Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { HOST } from "../../../local/ports.ts";
import { METHODS } from "./firestoreMessages.ts";
import { Forwarding, toBytes } from "./forwarding.ts";
import type { Gate } from "./gate.ts";
import { OpenTransactions } from "./transactions.ts";

/** A way to Firestore that counts what passes, and lets go wrong what the gate says. */
export interface FirestoreProxy {
  /** `host:port`, as FIRESTORE_EMULATOR_HOST wants it. */
  readonly host: string;
  /** Ends the transactions that are open, as Firestore does itself a minute after their process died. */
  readonly rollBack: () => Promise<void>;
  /** Ends every call at once. */
  readonly close: () => void;
}

/** A message may be as large as its sender makes it. */
const OPTIONS = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/**
 * Serves every method of Firestore by handing its messages, metadata, deadline, cancellation and trailers on, byte for
 * byte. They are read only to be counted.
 */
export async function startFirestoreProxy(firestoreHost: string, gate: Gate): Promise<FirestoreProxy> {
  const client = new Client(firestoreHost, credentials.createInsecure(), OPTIONS);
  const transactions = new OpenTransactions(client);
  const server = new Server(OPTIONS);
  for (const method of Object.values(METHODS)) {
    const handle = (downstream: ServerDuplexStream<Buffer, Buffer>): void =>
      new Forwarding({ method, gate, client, transactions, downstream }).start();
    // On the wire, a call with one message is a stream that happens to have one: all are forwarded alike.
    server.register(method.path, handle, toBytes, toBytes, "bidi");
  }
  const port = await listen(server);
  return {
    host: `${HOST}:${port}`,
    rollBack: async () => await transactions.rollBackAll(),
    close() {
      server.forceShutdown();
      client.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
