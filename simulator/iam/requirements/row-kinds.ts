import type { RequestContext } from '../conditions/request-context.ts';
import { tagKeys } from '../principals/principal-context.ts';
import type { CallFacts, Requirement, RequirementRow } from './requirement.ts';

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
