import type { LocalStripe } from "../../local/stripe/index.ts";
import { ControlClient } from "../../local/stripe/testing/controlClient.ts";

/** How many requests local Stripe remembers. */
const LOG_LENGTH = 10_000;

/** Every call so far that changed something at Stripe, or tried to. */
export async function readChanges({ url }: LocalStripe): Promise<string[]> {
  const requests = await new ControlClient(url).readRequests();
  if (requests.length >= LOG_LENGTH)
    throw new Error("Cannot say what was changed: the log of requests is full");
  return requests.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

/** Every document by its path, wherever it is. */
export async function readDocuments(db: FirebaseFirestore.Firestore): Promise<Record<string, unknown>> {
  return Object.fromEntries(await readCollections(await db.listCollections()));
}

async function readCollections(
  collections: readonly FirebaseFirestore.CollectionReference[],
): Promise<[string, unknown][]> {
  const found: [string, unknown][] = [];
  for (const collection of collections) {
    const { docs } = await collection.get();
    for (const { ref, data } of docs.map((document) => ({ ref: document.ref, data: document.data() }))) {
      const kept = collection.id === "customers" ? toBuyer(data) : data;
      if (kept) found.push([ref.path, kept]);
      found.push(...(await readCollections(await ref.listCollections())));
    }
  }
  return found;
}

/** Without what counts a user's calls, which a refused call is, too; undefined when nothing is left. */
function toBuyer({ providers, openSessions }: FirebaseFirestore.DocumentData): object | undefined {
  return providers || openSessions ? { providers, openSessions } : undefined;
}
