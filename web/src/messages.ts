import { FirebaseError } from "firebase/app";
import { GatewayClientError, type GatewayClientErrorCode } from "../../client/index.ts";

/** What people are told, and what a developer may want to know in addition. */
export interface ErrorMessage {
  text: string;
  detail?: string;
}

const busy = "The shop cannot answer right now. Please try again in a moment.";
const broken = "Something went wrong on our side. You can try again; nothing is charged twice.";

const callMessages: Record<GatewayClientErrorCode, string> = {
  aborted: busy,
  "already-exists": "This has been done already.",
  cancelled: "The request was interrupted. Please try again.",
  "data-loss": broken,
  "deadline-exceeded": "This took too long. Please try again; nothing is charged twice.",
  "failed-precondition": "This product cannot be bought yet.",
  internal: broken,
  "invalid-argument": "The shop did not understand this request.",
  "not-found": "We cannot find this. Please check that you are signed in with the right account.",
  "out-of-range": "The shop did not understand this request.",
  "permission-denied": "Your account may not do this.",
  "resource-exhausted": "Too many requests. Please wait a minute and try again.",
  unauthenticated: "Please sign in first.",
  unavailable: "We cannot reach the shop or its payment provider. Check your connection and try again.",
  unimplemented: "The shop cannot do this yet.",
  unknown: broken,
};

/** The refusals of Firebase Authentication that people can do something about. */
const authMessages: ReadonlyMap<string, string> = new Map([
  ["auth/email-already-in-use", "There is an account with this e-mail already. Sign in instead."],
  ["auth/invalid-credential", "E-mail and password do not match an account."],
  ["auth/invalid-email", "This does not look like an e-mail address."],
  [
    "auth/network-request-failed",
    "We cannot reach the sign-in service. Check your connection and try again.",
  ],
  ["auth/password-does-not-meet-requirements", "This password is not strong enough."],
  ["auth/too-many-requests", "Too many attempts. Please wait a minute and try again."],
  ["auth/user-disabled", "This account is disabled."],
  ["auth/user-not-found", "E-mail and password do not match an account."],
  ["auth/weak-password", "Please choose a password of at least 6 characters."],
  ["auth/wrong-password", "E-mail and password do not match an account."],
]);

export function toErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof GatewayClientError) {
    return { text: callMessages[error.code], detail: `${error.code}: ${error.message}` };
  }
  if (error instanceof FirebaseError) {
    const text = authMessages.get(error.code);
    return text === undefined ? { text: broken, detail: error.code } : { text };
  }
  return { text: broken, detail: String(error) };
}
