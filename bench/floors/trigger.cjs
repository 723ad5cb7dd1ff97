/** A Firestore trigger that reads one document. */
const { onDocumentWritten } = require("firebase-functions/firestore");
const { initializeApp } = require("firebase-admin/app");
const { getFirestore } = require("firebase-admin/firestore");

initializeApp();
const db = getFirestore();

exports.floor = onDocumentWritten("payments/{paymentId}", async () => {
  await db.doc("bench/floor").get();
});
