import { toRemaining } from "./billing.ts";
import type { Move } from "./moves.ts";
import { play } from "./play.ts";
import type { Coupon, WorldInvoice } from "./types.ts";
import { World } from "./world.ts";

/** A story as sentences, with the invoices that each move led to. */
export function toStory(moves: readonly Move[]): string {
  const world = new World();
  return moves
    .flatMap((move) => {
      const newsBefore = world.news.length;
      if (!play(world, move)) return [];
      const invoices = new Set(world.news.slice(newsBefore));
      return [`- ${toSentence(move)}`, ...[...invoices].map((invoice) => `    ${toBill(invoice)}`)];
    })
    .join("\n");
}

type Sentences = { [Type in Move["type"]]: (move: Extract<Move, { type: Type }>) => string };

const sentences: Sentences = {
  subscribe: ({ userId, payerId, priceId, quantity, mode, currency, coupon, hasTrial }) => {
    const payer = payerId === userId ? "" : `, paid by ${payerId}`;
    const trial = hasTrial ? ", with a trial" : "";
    const sold = `${quantity} x ${priceId} in ${currency} (${mode})`;
    return `${userId} subscribes to ${sold}, ${toText(coupon)}${trial}${payer}`;
  },
  change: ({ userId, quantity, priceId, behavior, cardWorks }) =>
    `${userId} changes to ${quantity} x ${priceId} (${behavior}${cardWorks ? "" : ", the card fails"})`,
  coupon: ({ userId, coupon }) => `${userId} goes on with ${toText(coupon)}`,
  cancel: ({ userId, how }) => `${userId} cancels (${how})`,
  wait: ({ hours, cardWorks }) => `${hours} hours pass${cardWorks ? "" : ", cards fail"}`,
  settle: ({ userId, how }) => `an open invoice of ${userId}: ${how}`,
  refund: ({ userId, percent }) => `${userId}: refund of ${percent} % of what the card paid`,
  dispute: ({ userId, percent }) => `${userId}: lost dispute of ${percent} % of what the card paid`,
  note: ({ userId, kind, percent }) => `${userId}: credit note (${kind}) of ${percent} %`,
  voidNote: ({ userId }) => `${userId}: a credit note is voided`,
  order: ({ userId, quantity, priceId, currency, percent }) =>
    `${userId} buys ${quantity} x ${priceId} in ${currency}, ${percent} % off`,
};

function toSentence<Type extends Move["type"]>(move: Extract<Move, { type: Type }>): string {
  return sentences[move.type](move);
}

function toText(coupon: Coupon | null): string {
  return coupon ? `${coupon.percent} % off (${coupon.duration})` : "no coupon";
}

function toBill(invoice: WorldInvoice): string {
  const { invoiceId, status, total, balanceUsed, cardPaid, lines } = invoice;
  const money = `total ${total}, balance ${balanceUsed}, card ${cardPaid}, due ${status === "open" ? toRemaining(invoice) : 0}`;
  const texts = lines.map(({ truth, quantity, priceId, amount }) => {
    const share = truth.share === 1 ? "" : ` for ${truth.share.toFixed(3)}`;
    const net = truth.net === amount ? "" : ` (${truth.net} net)`;
    return `${truth.kind} ${quantity} x ${priceId}${share} ${amount}${net}`;
  });
  return `${invoiceId} ${status}: ${money}; ${texts.join("; ")}`;
}
