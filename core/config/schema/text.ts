import { z } from 'zod';

/** A text of at most so many characters. */
export const textUpTo = (most: number) => z.string().max(most, `is longer than ${most} characters`);

/** The same of one that is not empty. */
export const someText = (most: number) => z.string().min(1, 'is empty').max(most, `is longer than ${most} characters`);

/** @param otherwise what is said of every other text */
export const matching = (pattern: RegExp, otherwise: string) => z.string().regex(pattern, otherwise);

/** A list of at most so many. @param what they are, in the plural */
export const listOf = <Item extends z.ZodType>(item: Item, most: number, what: string) =>
  z.array(item).max(most, `lists more than ${most} ${what}`);

/** The same of one that is not empty. @param ifEmpty what is said of an empty one */
export const someOf = <Item extends z.ZodType>(item: Item, most: number, what: string, ifEmpty = 'is empty') =>
  z.array(item).min(1, ifEmpty).max(most, `lists more than ${most} ${what}`);
