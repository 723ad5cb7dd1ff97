import { generateKeyPairSync, sign, type JsonWebKey } from "node:crypto";

/** A key pair under a name. */
export interface Signer {
  readonly kid: string;
  readonly publicPem: string;
  readonly publicJwk: JsonWebKey;
  /** A token in the compact form of RFC 7515. */
  readonly sign: (claims: object, header?: object) => string;
}

export function createSigner(kid: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    kid,
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    publicJwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" },
    sign(claims, header = {}) {
      const signed = toSigned(claims, { alg: "RS256", typ: "JWT", kid, ...header });
      return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
}

/** A token's header and claims, the part of it that is signed. */
export function toSigned(claims: object, header: object): string {
  return [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
}

const HOUR = 3600;

/** What Firebase Auth says in an ID token, see https://firebase.google.com/docs/auth/admin/verify-id-tokens */
export function toIdClaims(projectId: string, uid: string, claims: object = {}): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    auth_time: now,
    user_id: uid,
    sub: uid,
    iat: now,
    exp: now + HOUR,
    firebase: { identities: {}, sign_in_provider: "custom" },
    ...claims,
  };
}

/** Who calls, as their token says it. */
export interface Caller {
  readonly userId: string;
  readonly email?: string;
  readonly admin?: boolean;
}

/** An ID token as the Auth emulator issues them: complete, and nobody has signed it. */
export function toUnsignedToken(projectId: string, { userId, ...claims }: Caller): string {
  return `${toSigned(toIdClaims(projectId, userId, claims), { alg: "none", typ: "JWT" })}.`;
}

/** What Firebase App Check says of an app. */
export function toAppCheckClaims(projectId: string, claims: object = {}): object {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: "https://firebaseappcheck.googleapis.com/1234567890",
    aud: ["projects/1234567890", `projects/${projectId}`],
    sub: "1:1234567890:web:abc",
    iat: now,
    exp: now + HOUR,
    ...claims,
  };
}
