import { getApps, initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";

/** Where Firebase's users are. */
export interface AccountDirectory {
  /**
   * Those of these users that there are, disabled ones, too, in a tenant of Identity Platform, null for none. At most 100.
   * Throws if it cannot tell.
   */
  findExisting(userIds: readonly string[], tenantId: string | null): Promise<ReadonlySet<string>>;
}

const APP = "gateway";

/** Firebase Auth of a project, or its emulator. The build loads these modules when Auth is first asked. */
export function openDirectory(projectId: string): AccountDirectory {
  return {
    async findExisting(userIds, tenantId) {
      const app = getApps().find(({ name }) => name === APP) ?? initializeApp({ projectId }, APP);
      const auth = getAuth(app);
      const accounts = tenantId === null ? auth : auth.tenantManager().authForTenant(tenantId);
      const { users } = await accounts.getUsers(userIds.map((uid) => ({ uid })));
      return new Set(users.map(({ uid }) => uid));
    },
  };
}
