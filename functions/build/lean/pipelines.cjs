/**
 * Firestore's pipelines, loaded with the first one. Until then no value is a pipeline, and checking every written value
 * for one must not load them.
 */
let pipelines;

const noPipeline = { [Symbol.hasInstance]: () => false };

module.exports = new Proxy(
  {},
  {
    get(_target, name) {
      if (name === "Pipeline" && !pipelines) return noPipeline;
      pipelines ??= require("deferred:firestore-pipelines");
      return pipelines[name];
    },
  },
);
