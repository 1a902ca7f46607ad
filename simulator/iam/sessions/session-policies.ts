import { AwsFault } from '../../wire/aws-call.ts';
import type { NamedPolicy } from '../policy/policy-document.ts';
import { policyProblems } from '../policy/read-policy.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import type { AssumeRoleInput } from './assume-role-input.ts';

/** What the plain text of session policies may have; AWS packs it, in a way it does not publish, and counts that. */
const ALLOTTED_CHARACTERS = 2048;

export interface SessionPolicies {
  /** Absent: the session may what its role may. */
  readonly policies?: readonly NamedPolicy[];
  /** Percentage of what there is room for; absent without policies and tags. */
  readonly packedPolicySize?: number;
}

/**
 * The policies that narrow a session. Throws `MalformedPolicyDocumentException` for what is not understood and for managed policies that
 * are not there, `PackedPolicyTooLargeException` where policies and tags have no room.
 */
export function sessionPolicies(input: AssumeRoleInput, directory: IamDirectory): SessionPolicies {
  const { Policy, PolicyArns = [], Tags = [] } = input;
  const inline = Policy === undefined ? [] : [{ name: 'session policy', document: parse(Policy) }];
  const managed = PolicyArns.map(({ arn = '' }) => {
    const policy = directory.managedPolicy(arn);
    if (policy === undefined) throw malformed(`The policy ${arn} does not exist`);
    return policy;
  });
  const policies: NamedPolicy[] = [...inline, ...managed];
  for (const policy of inline) {
    const [problem] = policyProblems(policy, 'session');
    if (problem !== undefined) throw malformed(`Syntax errors in policy: ${problem}`);
  }
  const characters = [
    Policy ?? '',
    ...PolicyArns.map(({ arn = '' }) => arn),
    ...Tags.map(({ Key = '', Value = '' }) => Key + Value),
  ].join('').length;
  if (characters === 0) return {};
  const packedPolicySize = Math.ceil((100 * characters) / ALLOTTED_CHARACTERS);
  if (packedPolicySize > 100) {
    const text = `Packed policy consumes ${packedPolicySize}% of allotted space, please use smaller policy.`;
    throw new AwsFault('PackedPolicyTooLargeException', text);
  }
  return { ...(policies.length === 0 ? {} : { policies }), packedPolicySize };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('The policy is not in the valid JSON format.');
  }
}

function malformed(message: string): AwsFault {
  return new AwsFault('MalformedPolicyDocumentException', message);
}
