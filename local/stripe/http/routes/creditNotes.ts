import { creditNoteExpansions, requireCreditNote } from "../../objects/creditNotes/creditNotes.ts";
import { listPage, listSlice } from "../../objects/store/pages.ts";
import { idOf } from "../../objects/store/store.ts";
import { updateCreditNote, updateFields, voidCreditNote } from "../../operations/creditNotes/change.ts";
import { createCreditNote, createFields } from "../../operations/creditNotes/create.ts";
import { string } from "../../platform/params.ts";
import { created, pageFields } from "../api/listFields.ts";
import { route, type Resource } from "../api/route.ts";

const listFields = { ...pageFields, created, customer: string(), invoice: string() };

export const creditNotes: Resource = {
  expansions: [creditNoteExpansions],
  routes: [
    route("POST", "/v1/credit_notes", createFields, createCreditNote),
    route("GET", "/v1/credit_notes/:id", {}, (context, _params, id) => requireCreditNote(context, id)),
    route("POST", "/v1/credit_notes/:id", updateFields, updateCreditNote),
    route("POST", "/v1/credit_notes/:id/void", {}, voidCreditNote),
    route("GET", "/v1/credit_notes", listFields, ({ store }, params) => {
      const { customer, invoice } = params;
      return listPage(store.creditNotes, params, {
        url: "/v1/credit_notes",
        noun: "credit note",
        index:
          invoice !== undefined
            ? { name: "invoice", values: [invoice] }
            : customer === undefined
              ? undefined
              : { name: "customer", values: [customer] },
        where: (note) => customer === undefined || idOf(note.customer) === customer,
      });
    }),
    route("GET", "/v1/credit_notes/:id/lines", pageFields, (context, params, id) =>
      listSlice(requireCreditNote(context, id).lines.data, params, {
        url: `/v1/credit_notes/${id}/lines`,
        noun: "credit note line item",
      }),
    ),
  ],
};
