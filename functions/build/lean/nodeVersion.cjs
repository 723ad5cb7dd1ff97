/** jsonwebtoken asks semver whether Node is recent enough: every supported version is. */
exports.satisfies = () => true;
