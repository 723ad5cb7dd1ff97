/** What the projects of this test run are called, one for each worker: its own, so that runs can stand beside each other and beside `npm start`. */
export const testProjectId = `demo-test-${process.pid}`;
