/** A scheduled function that reads one document. */
const { onSchedule } = require("firebase-functions/scheduler");
const { initializeApp } = require("firebase-admin/app");
const { getFirestore } = require("firebase-admin/firestore");

initializeApp();
const db = getFirestore();

exports.floor = onSchedule("every 60 minutes", async () => {
  await db.doc("bench/floor").get();
});
