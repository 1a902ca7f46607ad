import { FakeEksError } from '../errors.ts';
import { isOperationName } from '../operations/catalog.ts';
import type { Arguments } from './argument-rule.ts';
import { argumentRules } from './argument-rules.ts';

/** InvalidParameterException for arguments that are wrong whatever the state; TagResource has an error of its own for it. */
export function checkArguments(operation: string, input: object): void {
  if (!isOperationName(operation)) return;
  for (const rule of argumentRules(operation)) {
    const problem = rule(input as Arguments);
    if (problem === undefined) continue;
    throw new FakeEksError(operation === 'TagResource' ? 'BadRequestException' : 'InvalidParameterException', problem);
  }
}
