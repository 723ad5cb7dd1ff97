/** Firestore's API without its administration, loaded with the first call. */
Object.defineProperty(exports, "FirestoreClient", {
  enumerable: true,
  get: () => require("@google-cloud/firestore-api/client_v1").FirestoreClient,
});
exports.v1 = exports;
