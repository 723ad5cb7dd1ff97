/** All that google-gax's errors need of its other transport. */
exports.defaultToObjectOptions = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
};
