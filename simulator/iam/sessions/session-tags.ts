import type { RequestContext } from '../conditions/request-context.ts';
import type { Principal, Tags } from '../principals/principal.ts';
import { tagKeys } from '../principals/principal-context.ts';
import { type AssumeRoleInput, validationError } from './assume-role-input.ts';

export interface SessionTags {
  /** Passed and inherited ones. */
  readonly tags: Tags;
  readonly transitiveTags: Tags;
}

/** The tags of a new session: those that are passed, and those that its caller's session hands on. Throws `ValidationError`. */
export function sessionTags(input: AssumeRoleInput, caller: Principal): SessionTags {
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

/** Condition keys about the tags that are passed. */
export function tagContext(input: AssumeRoleInput): RequestContext {
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
