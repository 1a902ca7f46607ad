/** Whoever stops something need not find words first. */
export const NO_REASON = 'no reason given';
