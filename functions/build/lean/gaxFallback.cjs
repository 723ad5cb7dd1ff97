/** All that errors need of google-gax's other transport. */
exports.defaultToObjectOptions = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
};
