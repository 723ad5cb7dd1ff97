/** What Firestore's client uses of google-gax; the rest is for other APIs, and most of its text. */
Object.assign(
  exports,
  require("../../node_modules/google-gax/build/src/createApiCall.js"),
  require("../../node_modules/google-gax/build/src/gax.js"),
  require("../../node_modules/google-gax/build/src/googleError.js"),
  require("../../node_modules/google-gax/build/src/grpc.js"),
  require("../../node_modules/google-gax/build/src/paginationCalls/pageDescriptor.js"),
  require("../../node_modules/google-gax/build/src/status.js"),
  require("../../node_modules/google-gax/build/src/streamingCalls/streamDescriptor.js"),
  require("../../node_modules/google-gax/build/src/streamingCalls/streaming.js"),
  require("../../node_modules/google-gax/build/src/util.js"),
  require("../../node_modules/google-gax/build/src/warnings.js"),
);
exports.grpc = require("@grpc/grpc-js");
exports.loggingUtils = require("google-logging-utils");
exports.protobuf = require("protobufjs");
exports.routingHeader = require("../../node_modules/google-gax/build/src/routingHeader.js");
exports.version = require("../../node_modules/google-gax/package.json").version;

/** The transport of `preferRest`. */
Object.defineProperty(exports, "fallback", { get: () => require("deferred:gax-fallback") });

/** Made with every client, which asks it nothing. */
exports.LocationsClient = class {
  async close() {}
};
