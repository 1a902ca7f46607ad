import { visibleAround } from '../../core/model/visible.ts';

/**
 * All output to stdout goes through this function, so that text from others cannot control the terminal or hide, even where a caller forgot to escape
 * it.
 */
export const writeOut = (text: string): void => void process.stdout.write(visibleAround(text));

/** The same to stderr. */
export const writeError = (text: string): void => void process.stderr.write(visibleAround(text));
