/** A megabyte of message classes, which only pipelines and bundles use. */
const protos = require("deferred:firestore-protos");

exports.google = {
  firestore: { v1: { Value: { fromObject: (value) => protos.google.firestore.v1.Value.fromObject(value) } } },
};
Object.defineProperty(exports, "firestore", { enumerable: true, get: () => protos.firestore });
