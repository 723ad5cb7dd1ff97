/** What jsonwebtoken asks semver: whether Node is at least of a version that has long been the oldest supported one. */
exports.satisfies = () => true;
