import { invalid } from '../exit.ts';

/** What was asked for cannot be made into a run: that is for whoever typed it. */
export function refused(error: unknown): never {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'InvalidInput' || name === 'InvalidVersion')
    throw invalid(`${message}\nliftlock: nothing can be simulated with errors. Correct those above.`);
  throw error;
}
