import type { Entered, FieldErrors, FieldName } from "./form.ts";
import { html, type Html } from "./html.ts";

/** The state of the payment form: what was typed, and what was wrong with it. */
export interface FormState {
  entered: Entered;
  errors: FieldErrors;
  /** Why the last attempt failed as a whole, such as a declined card. */
  alert?: string | undefined;
}

/** The fields of a card, as they were entered, with what is wrong with them. */
export function cardFields(state: FormState): Html {
  return html`${field(state, {
      name: "card",
      label: "Card number",
      autocomplete: "cc-number",
      inputmode: "numeric",
      placeholder: "4242 4242 4242 4242",
    })}
    <div class="pair">
      ${field(state, {
        name: "expiry",
        label: "Expiry",
        autocomplete: "cc-exp",
        inputmode: "numeric",
        placeholder: "MM / YY",
      })}
      ${field(state, {
        name: "cvc",
        label: "CVC",
        autocomplete: "cc-csc",
        inputmode: "numeric",
        placeholder: "123",
      })}
    </div>
    ${field(state, { name: "name", label: "Name on card", autocomplete: "cc-name", placeholder: "Jenny Rosen" })}`;
}

export function field(
  { entered, errors }: FormState,
  options: {
    name: FieldName;
    label: string;
    autocomplete: string;
    placeholder: string;
    type?: "email";
    inputmode?: "numeric";
  },
): Html {
  const { name, label, type = "text", inputmode = type } = options;
  const error = errors[name];
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      type="${type}"
      id="${name}"
      name="${name}"
      value="${entered[name]}"
      inputmode="${inputmode}"
      autocomplete="${options.autocomplete}"
      placeholder="${options.placeholder}"
      aria-invalid="${String(error !== undefined)}"
      ${error !== undefined && html`aria-describedby="${name}_error"`}
    />
    ${error !== undefined && html`<p class="error" id="${name}_error" role="alert">${error}</p>`}
  </div>`;
}
