/** Runs a function after this number of minutes. */
export type Later = (minutes: number, run: () => Promise<void>) => void;
