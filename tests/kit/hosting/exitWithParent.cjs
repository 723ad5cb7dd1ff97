// Required by every hosted process, which must not outlive the tests, however these end.
process.once("disconnect", () => process.exit());
