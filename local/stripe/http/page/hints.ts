import { testCards, type TestCard } from "../../objects/payments/cards.ts";
import { html, type Html } from "./html.ts";

/** The test cards worth showing; the others are in Stripe's documentation. */
const shownCards = new Set([
  "4242424242424242",
  "4000000000009995",
  "4000000000000002",
  "4000000000000069",
  "4000000000000127",
  "4000000000000119",
]);

/** Test cards to choose from; `path` is the page that fills one in. `kept`: the card is saved and not charged yet. */
export function hints(path: string, { kept }: { kept: boolean }): Html {
  const cards = testCards.filter(
    ({ number, attaches }) => shownCards.has(number) || (kept && attaches === true),
  );
  return html`<details class="hints" open>
    <summary>Test cards</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">Number</th>
          <th scope="col">Result</th>
          <th scope="col"><span class="hidden">Fill in</span></th>
        </tr>
      </thead>
      <tbody>
        ${cards.map((card) => hint(path, card, kept))}
      </tbody>
    </table>
  </details>`;
}

function hint(path: string, card: TestCard, kept: boolean): Html {
  const { number } = card;
  const spaced = number.replaceAll(/(.{4})(?=.)/g, "$1 ");
  return html`<tr>
    <td><code>${spaced}</code></td>
    <td>${resultOf(card, kept)}</td>
    <td><a href="${path}?card=${number}" aria-label="Use ${spaced}">Use</a></td>
  </tr>`;
}

function resultOf({ decline, attaches }: TestCard, kept: boolean): string {
  if (kept && attaches === true) return "is kept, fails later";
  return (decline?.declineCode ?? decline?.code ?? "pays").replaceAll("_", " ").replace("cvc", "CVC");
}
