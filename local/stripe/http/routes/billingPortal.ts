import { CREATE_FIELDS, createPortalSession } from "../../operations/portal/portalSessions.ts";
import { route } from "../api/route.ts";

export const BILLING_PORTAL_ROUTES = [
  route("POST", "/v1/billing_portal/sessions", CREATE_FIELDS, createPortalSession),
];
