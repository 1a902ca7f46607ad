import { z } from 'zod';

export const textUpTo = (most: number) => z.string().max(most, `is longer than ${most} characters`);

/** A text of at most so many characters that is not empty. */
export const someText = (most: number) => z.string().min(1, 'is empty').max(most, `is longer than ${most} characters`);

/** @param otherwise the message for a text that does not match */
export const matching = (pattern: RegExp, otherwise: string) => z.string().regex(pattern, otherwise);

/** @param what the items, in the plural */
export const listOf = <Item extends z.ZodType>(item: Item, most: number, what: string) =>
  z.array(item).max(most, `lists more than ${most} ${what}`);

/** A list that is not empty. @param ifEmpty the message for an empty one */
export const someOf = <Item extends z.ZodType>(item: Item, most: number, what: string, ifEmpty = 'is empty') =>
  z.array(item).min(1, ifEmpty).max(most, `lists more than ${most} ${what}`);
