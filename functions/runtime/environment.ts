import { namedError } from '../../core/contracts/errors.ts';
import { ENVIRONMENT } from '../../core/contracts/names.ts';

export type EnvironmentKey = keyof typeof ENVIRONMENT;
export type Environment = Readonly<Record<EnvironmentKey, string>>;

/**
 * The variables that a function's ports need. Fails with `MissingEnvironment` that lists every missing one at once; one that was not asked
 * for cannot be read by mistake: it is not there.
 */
export function readEnvironment(
  needed: readonly EnvironmentKey[],
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  const entries = [...new Set(needed)].map((key) => [key, variables[ENVIRONMENT[key]] ?? ''] as const);
  const missing = entries.filter(([, value]) => value === '').map(([key]) => ENVIRONMENT[key]);
  if (missing.length > 0)
    throw namedError('MissingEnvironment', `Environment variables are missing: ${missing.join(', ')}.`);
  return new Proxy(Object.fromEntries(entries) as Environment, { get: readOnlyAsked });
}

function readOnlyAsked(variables: Environment, key: string): string {
  if (Object.hasOwn(variables, key)) return variables[key as EnvironmentKey];
  throw namedError('MissingEnvironment', `${key} is not among the variables that this port declares.`);
}
