import { visibleAround } from '../../core/model/visible.ts';

/** The one way to stdout: whatever others wrote into it, and whoever forgot to escape that, it cannot steer the terminal or hide. */
export const writeOut = (text: string): void => void process.stdout.write(visibleAround(text));

/** The same to stderr. */
export const writeError = (text: string): void => void process.stderr.write(visibleAround(text));
