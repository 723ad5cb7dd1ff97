/** How many items a step asks for at once, which is all that it keeps in memory. */
export const PAGE_SIZE = 100;
