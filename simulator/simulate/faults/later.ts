/** Has something done so many minutes from now. */
export type Later = (minutes: number, run: () => Promise<void>) => void;
