import { createHash } from 'node:crypto';

/** A seed that follows from what chance is to choose from: the same choice for the same, another one once something of it has changed. */
export const seedOf = (choices: readonly string[]): string =>
  createHash('sha256').update(choices.join('\n')).digest('hex').slice(0, 8);
