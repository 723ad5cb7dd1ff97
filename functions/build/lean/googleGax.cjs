/** What Firestore's client uses of google-gax. The rest, which is most of it, is for other APIs. */
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

/** Every client creates one, but never calls it. */
exports.LocationsClient = class {
  async close() {}
};
