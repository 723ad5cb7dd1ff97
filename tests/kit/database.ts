import { Firestore } from "@google-cloud/firestore";

/** The administrator's view of a database in the emulator at `host:port`, the default one unless named: no rules apply. */
export function toFirestore(address: { projectId: string; host: string; databaseId?: string }): Firestore {
  return new Firestore({ ...address, ssl: false, customHeaders: { Authorization: "Bearer owner" } });
}
