import { AwsFault } from '../../wire/aws-call.ts';
import { parseArn } from '../policy/arn.ts';

/** Input of STS AssumeRole as the SDK has it. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export interface AssumeRoleInput {
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;
  readonly ExternalId?: string;
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn?: string }[];
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly TransitiveTagKeys?: readonly string[];
  readonly DurationSeconds?: number;
  readonly SourceIdentity?: string;
  readonly SerialNumber?: string;
  readonly TokenCode?: string;
  readonly ProvidedContexts?: readonly unknown[];
}

const NOT_MODELLED = ['SourceIdentity', 'SerialNumber', 'TokenCode', 'ProvidedContexts'] as const;

interface Constraint {
  readonly name: string;
  readonly value: string | undefined;
  readonly required: boolean;
  readonly min: number;
  readonly max: number;
  readonly pattern?: string;
}

/** Refuses input that STS refuses before it checks the permission. Throws `ValidationError`. */
export function validateAssumeRole(input: AssumeRoleInput): void {
  const asked = NOT_MODELLED.find((member) => input[member] !== undefined);
  if (asked !== undefined)
    throw new AwsFault('NotImplemented', `AssumeRole with ${asked} is not modelled`, { status: 501 });
  const broken = [...constraintsOf(input).flatMap(violations), ...durationViolations(input.DurationSeconds)];
  if (broken.length > 0) {
    const count = `${broken.length} validation error${broken.length === 1 ? '' : 's'} detected`;
    throw validationError(`${count}: ${broken.join('; ')}`);
  }
  if (parseArn(input.RoleArn ?? '')?.service !== 'iam') throw validationError(`${input.RoleArn} is invalid`);
}

export function validationError(message: string): AwsFault {
  return new AwsFault('ValidationError', message, { status: 400 });
}

function constraintsOf({ RoleArn, RoleSessionName, ExternalId, Policy, Tags = [] }: AssumeRoleInput): Constraint[] {
  return [
    { name: 'roleArn', value: RoleArn, required: true, min: 20, max: 2048 },
    { name: 'roleSessionName', value: RoleSessionName, required: true, min: 2, max: 64, pattern: '[\\w+=,.@-]*' },
    { name: 'externalId', value: ExternalId, required: false, min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' },
    {
      name: 'policy',
      value: Policy,
      required: false,
      min: 1,
      // Longer ones are refused by their packed size.
      max: Number.POSITIVE_INFINITY,
      pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
    },
    ...Tags.flatMap(({ Key, Value }, at): Constraint[] => [
      { name: `tags.${at + 1}.member.key`, value: Key, required: true, min: 1, max: 128, pattern: TAG },
      { name: `tags.${at + 1}.member.value`, value: Value, required: true, min: 0, max: 256, pattern: TAG },
    ]),
  ];
}

const TAG = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*';

function violations({ name, value, required, min, max, pattern }: Constraint): string[] {
  if (value === undefined) {
    return required ? [`Value null at '${name}' failed to satisfy constraint: Member must not be null`] : [];
  }
  const must: string[] = [];
  if (value.length < min) must.push(`Member must have length greater than or equal to ${min}`);
  if (value.length > max) must.push(`Member must have length less than or equal to ${max}`);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    must.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  return must.map((constraint) => `Value '${value}' at '${name}' failed to satisfy constraint: ${constraint}`);
}

function durationViolations(seconds: number | undefined): string[] {
  if (seconds === undefined || (seconds >= 900 && seconds <= 43_200)) return [];
  const limit = seconds < 900 ? 'greater than or equal to 900' : 'less than or equal to 43200';
  return [`Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${limit}`];
}
