import { createUserWithEmailAndPassword, signInWithEmailAndPassword, type Auth } from "firebase/auth";
import { h, show } from "../dom.ts";
import { errorNotice, hint } from "./notice.ts";

type Mode = "signIn" | "signUp";

const words = {
  signIn: { choice: "Sign in", submit: "Sign in", busy: "Signing in…", autocomplete: "current-password" },
  signUp: {
    choice: "Sign up",
    submit: "Create account",
    busy: "Creating account…",
    autocomplete: "new-password",
  },
} as const;

/** The sign-in form, and how to send people to it. */
export interface SignInCard {
  element: HTMLElement;
  ask: (reason: string) => void;
}

/** Signing in and up with e-mail and password. Success needs no handling here: the auth state changes. */
export function signInCard(auth: Auth): SignInCard {
  let mode: Mode = "signIn";
  const notices = h("div");
  const email = field({ id: "email", type: "email", autocomplete: "email" });
  const password = field({
    id: "password",
    type: "password",
    autocomplete: "current-password",
    minlength: "6",
  });
  const submit = h("button", { class: "button", type: "submit" }, words[mode].submit);
  const modes = (["signIn", "signUp"] as const).map((each) => ({ each, button: modeButton(each, choose) }));

  function choose(chosen: Mode): void {
    if (submit.disabled) return;
    mode = chosen;
    for (const { each, button } of modes) button.setAttribute("aria-pressed", String(each === mode));
    submit.textContent = words[mode].submit;
    password.setAttribute("autocomplete", words[mode].autocomplete);
    show(notices);
  }

  async function send(): Promise<void> {
    const enter = mode === "signIn" ? signInWithEmailAndPassword : createUserWithEmailAndPassword;
    setBusy(true);
    show(notices);
    try {
      await enter(auth, email.value, password.value);
      form.reset();
    } catch (error) {
      show(notices, errorNotice(error));
    } finally {
      setBusy(false);
    }
  }

  function setBusy(busy: boolean): void {
    submit.disabled = busy;
    submit.textContent = busy ? words[mode].busy : words[mode].submit;
  }

  choose(mode);
  const form = h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        void send();
      },
    },
    label("E-mail", email),
    label("Password", password),
    submit,
    notices,
  );
  const switcher = h(
    "div",
    { class: "switcher", role: "group", "aria-label": "Sign in or sign up" },
    ...modes.map(({ button }) => button),
  );
  const element = h(
    "section",
    { class: "card", "aria-labelledby": "sign-in-title" },
    h("h2", { id: "sign-in-title" }, "Your account"),
    switcher,
    form,
  );
  return {
    element,
    ask(reason) {
      show(notices, hint(reason));
      email.focus();
    },
  };
}

function modeButton(mode: Mode, choose: (mode: Mode) => void): HTMLButtonElement {
  return h("button", { type: "button", onclick: () => choose(mode) }, words[mode].choice);
}

function field(attributes: Record<string, string>): HTMLInputElement {
  return h("input", { ...attributes, name: attributes["id"], required: true });
}

function label(text: string, input: HTMLInputElement): HTMLElement {
  return h("label", { for: input.id }, text, input);
}
