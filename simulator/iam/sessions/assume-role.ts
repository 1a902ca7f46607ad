import { AwsFault } from '../../wire/aws-call.ts';
import type { Authorize } from '../access/authorize.ts';
import { denialFault } from '../access/denial-fault.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import { type NamedPolicy, policyProblems } from '../policy/policy-document.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import type { Principal, Role, Tags } from '../principals/principal.ts';
import { tagKeys } from '../principals/principal-context.ts';
import { type AssumeRoleInput, validateAssumeRole, validationError } from './assume-role-input.ts';
import { type IssuedSession, issuedSession, roleSession } from './role-session.ts';
import type { SessionStore } from './session-store.ts';
import { trustPolicyOf } from './trust-policy-of.ts';

export interface AssumeRoleRequest {
  readonly caller: Principal;
  readonly input: AssumeRoleInput;
  readonly now: Date;
  readonly where: string;
  /** The Region of the called STS. */
  readonly region?: string;
}

export interface AssumedRole extends IssuedSession {
  /** Percentage of the allowed size of session policies and tags. */
  readonly packedPolicySize?: number;
}

export interface StsParts {
  readonly directory: IamDirectory;
  readonly sessions: SessionStore;
  readonly authorize: Authorize;
}

const DEFAULT_SECONDS = 3600;
/** For a session that was assumed with a session, as every Lambda function does. */
const CHAINED_SECONDS = 3600;

/**
 * AssumeRole of STS: checks the caller's policies and the role's trust policy. Throws `ValidationError`, `AccessDenied` (also for a missing role,
 * which STS does not tell), `MalformedPolicyDocumentException` and `PackedPolicyTooLargeException`.
 */
export function assumeRole(parts: StsParts, request: AssumeRoleRequest): AssumedRole {
  const { caller, input, now } = request;
  validateAssumeRole(input);
  const { tags, transitiveTags } = sessionTags(input, caller);
  const { policies, packedPolicySize } = sessionPolicies(input, parts.directory);
  const role = allowedRole(parts, request);
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (caller.kind === 'assumed-role' && seconds > CHAINED_SECONDS) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const session = roleSession({
    role,
    sessionName: input.RoleSessionName ?? '',
    now,
    tags,
    transitiveTags,
    ...(policies === undefined ? {} : { sessionPolicies: policies }),
  });
  const issued = issuedSession(session, parts.sessions.issue(session, seconds, now));
  return packedPolicySize === undefined ? issued : { ...issued, packedPolicySize };
}

/** The role, if the caller may assume it, and tag its session where tags are passed. */
function allowedRole({ directory, authorize }: StsParts, { caller, input, where, region }: AssumeRoleRequest): Role {
  const resource = input.RoleArn ?? '';
  const role = directory.role(resource);
  const trustPolicy = trustPolicyOf(role);
  const context: RequestContext = {
    ...tagContext(input),
    ...tagKeys('aws:ResourceTag', role?.tags ?? {}),
    ...tagKeys('iam:ResourceTag', role?.tags ?? {}),
    ...(region === undefined ? {} : { 'aws:RequestedRegion': region }),
    'sts:ExternalId': input.ExternalId ?? null,
    'sts:RoleSessionName': input.RoleSessionName ?? null,
    'sts:SourceIdentity': null,
  };
  const actions = (input.Tags ?? []).length === 0 ? ['sts:AssumeRole'] : ['sts:AssumeRole', 'sts:TagSession'];
  for (const action of actions) {
    const decision = authorize({ principal: caller, action, resource, context, trustPolicy, where });
    if (!decision.allowed) throw denialFault('sts', caller, action, resource, decision.why);
  }
  if (role === undefined) throw new Error(`Somebody was allowed to assume ${resource}, which does not exist`);
  return role;
}

interface SessionTags {
  /** Passed and inherited ones. */
  readonly tags: Tags;
  readonly transitiveTags: Tags;
}

/** The tags of a new session: the passed ones, and those that it inherits from its caller's session. Throws `ValidationError`. */
function sessionTags(input: AssumeRoleInput, caller: Principal): SessionTags {
  const passed = passedTags(input);
  const inherited = (caller.kind === 'assumed-role' ? caller.transitiveTags : undefined) ?? {};
  const isPassed = (key: string) => Object.keys(passed).some((each) => each.toLowerCase() === key.toLowerCase());
  const overridden = Object.keys(inherited).find(isPassed);
  if (overridden !== undefined) throw validationError(`The tag ${overridden} is transitive and cannot be overridden`);
  const missing = input.TransitiveTagKeys?.find((key) => passed[key] === undefined);
  if (missing !== undefined) throw validationError(`The transitive tag key ${missing} is not among the session's tags`);
  const handedOn = input.TransitiveTagKeys?.map((key) => [key, passed[key] ?? ''] as const) ?? [];
  return { tags: { ...inherited, ...passed }, transitiveTags: { ...inherited, ...Object.fromEntries(handedOn) } };
}

/** Condition keys about the passed tags. */
function tagContext(input: AssumeRoleInput): RequestContext {
  const passed = passedTags(input);
  return {
    ...tagKeys('aws:RequestTag', passed),
    'aws:TagKeys': Object.keys(passed),
    'sts:TransitiveTagKeys': input.TransitiveTagKeys ?? [],
  };
}

function passedTags({ Tags: tags = [] }: AssumeRoleInput): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** The limit for the plain text of session policies. AWS packs it in an unpublished way, and counts the result. */
const ALLOTTED_CHARACTERS = 2048;

interface SessionPolicies {
  /** The session has all permissions of its role when absent. */
  readonly policies?: readonly NamedPolicy[];
  /** Percentage of the allowed size; absent without policies and tags. */
  readonly packedPolicySize?: number;
}

/**
 * The policies that narrow a session. Throws `MalformedPolicyDocumentException` for an unsupported one and for missing managed policies,
 * `PackedPolicyTooLargeException` where policies and tags are too large.
 */
function sessionPolicies(input: AssumeRoleInput, directory: IamDirectory): SessionPolicies {
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
