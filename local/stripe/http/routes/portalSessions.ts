import { createPortalSession, createPortalSessionFields } from "../../operations/portal/portalSessions.ts";
import { route, type Resource } from "../api/route.ts";

export const portalSessions: Resource = {
  expansions: [],
  routes: [route("POST", "/v1/billing_portal/sessions", createPortalSessionFields, createPortalSession)],
};
