/** A callable that reads one document for a signed-in user. */
const { HttpsError, onCall } = require("firebase-functions/https");
const { initializeApp } = require("firebase-admin/app");
const { getFirestore } = require("firebase-admin/firestore");

initializeApp();
const db = getFirestore();

exports.floor = onCall(async ({ auth }) => {
  if (!auth) throw new HttpsError("unauthenticated", "Expected a signed-in user");
  const document = await db.doc("bench/floor").get();
  return { exists: document.exists };
});
