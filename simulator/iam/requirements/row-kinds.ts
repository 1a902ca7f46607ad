import type { RequestContext } from '../conditions/request-context.ts';
import { tagKeys } from '../principals/principal-context.ts';
import type { CallFacts, Requirement, RequirementRow } from './requirement.ts';

type Place = Pick<CallFacts, 'region' | 'account'>;

/** The local cloud is one partition. */
export const PARTITION = 'aws';

/** `arn:aws:<service>:<region>:<account>:<resource>`, in the caller's own account and Region. */
export function arnOf(service: string, { region, account }: Place, resource: string): string {
  return `arn:${PARTITION}:${service}:${region}:${account}:${resource}`;
}

/** A member with a name or an ARN. */
export function nameOrArn(value: string, toArn: (name: string) => string): string {
  return value.startsWith('arn:') ? value : toArn(value);
}

// Inputs come from the wire: the service refuses a missing member or one of another type, after IAM has decided.

type Members = Readonly<Record<string, unknown>>;

export function text(input: Members, member: string): string | undefined {
  const value = input[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text, or `*` where the service will refuse the call anyway: only grants on every name cover that ARN. */
export function textOrAny(input: Members, member: string): string {
  return text(input, member) ?? '*';
}

function list(input: Members, member: string): readonly unknown[] {
  const value = input[member];
  return Array.isArray(value) ? value : [];
}

export function texts(input: Members, member: string): string[] {
  return list(input, member).filter((item) => typeof item === 'string');
}

export function record(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

export function records(input: Members, member: string): Members[] {
  return list(input, member).map(record);
}

/** `"true"`, `"false"` or null for a missing flag, as in condition keys. */
export function flag(value: unknown): string | null {
  return typeof value === 'boolean' ? String(value) : null;
}

/** IAM's prefix is the service's signing name, with one exception. */
function prefixOf({ service }: CallFacts): string {
  return service === 'monitoring' ? 'cloudwatch' : service;
}

/** A requirement of the call's own service; `action` without the prefix. */
export function need(call: CallFacts, action: string, resource: string, context: RequestContext = {}): Requirement {
  const tags = resource === '*' ? {} : call.lookups.tagsOf?.(resource);
  return {
    action: `${prefixOf(call)}:${action}`,
    resource,
    context: { ...(tags === undefined ? {} : tagKeys('aws:ResourceTag', tags)), ...context },
  };
}

/** The action with the operation's name, on no resource. */
export const onNoResource: RequirementRow = (call) => [need(call, call.operation, '*')];

/** The action with the operation's name on one resource. */
export function on(resourceOf: (call: CallFacts) => string): RequirementRow {
  return (call) => [need(call, call.operation, resourceOf(call))];
}

/** Another action than the operation's name, on one resource. */
export function actionOn(action: string, resourceOf: (call: CallFacts) => string): RequirementRow {
  return (call) => [need(call, action, resourceOf(call))];
}
