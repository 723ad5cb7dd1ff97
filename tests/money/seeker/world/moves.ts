import type { Currency } from "./catalogue.ts";
import type { Behavior, Coupon, Mode, Note } from "./types.ts";

export const userIds = ["ada", "bob"] as const;
export type UserId = (typeof userIds)[number];

/** `pick` chooses among what the user has of a kind, newest first; nothing happens if there is none. */
interface Target {
  userId: UserId;
  pick: number;
}

export type Move =
  | {
      type: "subscribe";
      userId: UserId;
      /** Whose balance pays. */
      payerId: UserId;
      priceId: string;
      quantity: number;
      mode: Mode;
      currency: Currency;
      coupon: Coupon | null;
      hasTrial: boolean;
    }
  | ({
      type: "change";
      priceId: string;
      quantity: number;
      behavior: Behavior;
      cardWorks: boolean;
    } & Target)
  | ({ type: "coupon"; coupon: Coupon | null } & Target)
  | ({ type: "cancel"; how: "now" | "prorated" | "at_end" } & Target)
  /** Time passes, and what ends meanwhile is renewed. */
  | { type: "wait"; hours: number; cardWorks: boolean }
  | ({ type: "settle"; how: "pay" | "void" } & Target)
  | ({ type: "refund"; percent: number } & Target)
  | ({ type: "dispute"; percent: number } & Target)
  | ({ type: "note"; kind: Note["kind"]; percent: number } & Target)
  | ({ type: "voidNote" } & Target)
  | { type: "order"; userId: UserId; priceId: string; quantity: number; currency: Currency; percent: number };
