/** How many stories are told: `npm test` tells a sample, `npm run soak` the rest. */
const { SEEKER = "2000", SEEKER_SEED } = process.env;

export const numRuns = Number(SEEKER);
export const seed = SEEKER_SEED === undefined ? Date.now() % 2 ** 31 : Number(SEEKER_SEED);
/** A mistake of each kind is to be found within so many stories. */
export const MOST_RUNS = 20_000;
