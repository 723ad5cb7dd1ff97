/**
 * Firestore's pipelines, loaded with the first one. Until then nothing is one, and to ask that of every value that is
 * written must not load them.
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
