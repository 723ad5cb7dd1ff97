/** Where the portal's page is; the rest of the path is the session's secret. */
export const PORTAL_PATH = "/p/session/";
