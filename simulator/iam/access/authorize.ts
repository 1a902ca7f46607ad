import type { RequestContext } from '../conditions/request-context.ts';
import type { Decision } from '../evaluation/access-request.ts';
import { DecisionMemory } from '../evaluation/decision-memory.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import { holderOf, type Principal } from '../principals/principal.ts';
import type { AccessRecord } from './access-record.ts';
import { standardContext } from './standard-context.ts';

export interface AuthorizeRequest {
  readonly principal: Principal;
  /** `eks:UpdateClusterVersion`. */
  readonly action: string;
  /** An ARN, or `*` for actions without resources. */
  readonly resource: string;
  /** Condition keys of the service; those of every request are added. */
  readonly context?: RequestContext;
  /** The policy of a queue, topic, bus, table or function. */
  readonly resourcePolicy?: unknown;
  /** The trust policy of the role that is assumed or tagged. */
  readonly trustPolicy?: unknown;
  /** For readers of the report: `lambda liftlock-scan-cluster`, `eks:DescribeCluster over HTTP`. */
  readonly where: string;
}

export interface AuthorizerParts {
  readonly directory: IamDirectory;
  readonly record: AccessRecord;
  readonly now: () => Date;
  readonly organizationId?: string;
}

export type Authorize = (request: AuthorizeRequest) => Decision;

/** Makes the only function that decides requests, and records every decision. */
export function authorizer({ directory, record, now, organizationId }: AuthorizerParts): Authorize {
  const memory = new DecisionMemory();
  return ({ principal, action, resource, context = {}, resourcePolicy, trustPolicy, where }) => {
    const decision = memory.decide({
      principal,
      action,
      resource,
      besides: [resourcePolicy, trustPolicy, directory.revision],
      context: () => ({
        ...standardContext({
          principal,
          resource,
          now: now(),
          ...(organizationId === undefined ? {} : { organizationId }),
        }),
        ...context,
      }),
      policies: () => ({
        ...directory.policiesOf(principal),
        ...(resourcePolicy === undefined
          ? {}
          : { resource: { name: `policy of ${resource}`, document: resourcePolicy } }),
        ...(trustPolicy === undefined ? {} : { trust: { name: `trust of ${resource}`, document: trustPolicy } }),
      }),
    });
    const role = holderOf(principal);
    record.addProblems(decision.problems.map((problem) => `${role}: ${problem}`));
    if (decision.allowed) record.addUsage({ role, action, resource });
    else record.addDenial({ role, action, resource, where, why: decision.why });
    return decision;
  };
}
