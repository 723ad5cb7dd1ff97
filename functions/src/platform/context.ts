import type { Firestore } from "@google-cloud/firestore";

/** What every room needs: the database and the time. */
export interface StoreContext {
  db: Firestore;
  readonly now: () => Date;
}

/** `projectId` keeps what several projects do on one provider account apart. */
export interface ProjectContext extends StoreContext {
  projectId: string;
}
