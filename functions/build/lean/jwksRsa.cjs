/** The keys of App Check's tokens, loaded only by functions that check them. */
const jwksRsa = require("deferred:jwks-rsa");

module.exports = (options) => new jwksRsa.JwksClient(options);
