/** The keys of App Check's tokens, loaded for those who ask for such tokens. */
const jwksRsa = require("deferred:jwks-rsa");

module.exports = (options) => new jwksRsa.JwksClient(options);
