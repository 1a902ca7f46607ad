import { InvalidArgumentError } from 'commander';

/** The argument of an option that is a number: whether it is right, and what to say where it is not. */
export const numberOption =
  (isRight: (value: number, text: string) => boolean, message: string) =>
  (text: string): number => {
    const value = Number(text);
    if (isRight(value, text)) return value;
    throw new InvalidArgumentError(message);
  };

/** The argument of an option that waits. */
export const secondsUpTo = (most: number, least = Number.MIN_VALUE): ((text: string) => number) =>
  numberOption((value) => value >= least && value <= most, `It is a number of seconds, up to ${most}.`);
