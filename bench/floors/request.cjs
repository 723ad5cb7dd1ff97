/** An HTTP function that reads one document. */
const { onRequest } = require("firebase-functions/https");
const { initializeApp } = require("firebase-admin/app");
const { getFirestore } = require("firebase-admin/firestore");

initializeApp();
const db = getFirestore();

exports.floor = onRequest(async (_request, response) => {
  const document = await db.doc("bench/floor").get();
  response.json({ exists: document.exists });
});
