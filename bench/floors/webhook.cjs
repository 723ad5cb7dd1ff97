/** The plainest webhook: it verifies the signature and writes one document. */
const { onRequest } = require("firebase-functions/https");
const { initializeApp } = require("firebase-admin/app");
const { getFirestore } = require("firebase-admin/firestore");
const Stripe = require("stripe");

initializeApp();
const db = getFirestore();

exports.floor = onRequest(async (request, response) => {
  const event = Stripe.webhooks.constructEvent(
    request.rawBody,
    request.headers["stripe-signature"],
    process.env.STRIPE_WEBHOOK_SECRET,
  );
  await db.collection("bench").doc(event.id).set({ type: event.type, created: event.created });
  response.json({ received: true });
});
