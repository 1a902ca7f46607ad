import { InvalidArgumentError } from 'commander';

/** The argument of an option that waits. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || value > 86_400)
    throw new InvalidArgumentError('It is a number of seconds, up to 86400.');
  return value;
}
