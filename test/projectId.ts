/** The project of this test run: its own, so that runs can stand beside each other and beside `npm start`. */
export const testProjectId = `demo-test-${process.pid}`;
