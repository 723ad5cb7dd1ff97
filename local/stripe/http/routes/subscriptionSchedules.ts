import { requireSchedule, scheduleExpansions } from "../../objects/billing/schedules.ts";
import {
  createSchedule,
  createScheduleFields,
  releaseSchedule,
  releaseScheduleFields,
  updateSchedule,
  updateScheduleFields,
} from "../../operations/billing/schedules.ts";
import { route, type Resource } from "../api/route.ts";

/** Schedules, as far as a portal's downgrade at the end of a period makes one. */
export const subscriptionSchedules: Resource = {
  expansions: [scheduleExpansions],
  routes: [
    route("GET", "/v1/subscription_schedules/:id", {}, (context, _params, id) =>
      requireSchedule(context, id),
    ),
    route("POST", "/v1/subscription_schedules", createScheduleFields, createSchedule),
    route("POST", "/v1/subscription_schedules/:id", updateScheduleFields, (context, params, id) =>
      updateSchedule(context, requireSchedule(context, id), params),
    ),
    route("POST", "/v1/subscription_schedules/:id/release", releaseScheduleFields, (context, params, id) =>
      releaseSchedule(context, requireSchedule(context, id), params),
    ),
  ],
};
