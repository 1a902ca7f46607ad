import type { RequestContext } from '../conditions/request-context.ts';
import type { Decision } from '../evaluation/access-request.ts';
import { DecisionMemory } from '../evaluation/decision-memory.ts';
import { ownerOf } from '../policy/arn.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import { accountOf, holderOf, type Principal } from '../principals/principal.ts';
import { principalContext } from '../principals/principal-context.ts';
import type { AccessRecord } from './access-record.ts';

interface AuthorizeRequest {
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

interface AuthorizerParts {
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

interface StandardContextOptions {
  readonly principal: Principal;
  readonly resource: string;
  readonly now: Date;
  /** The organization of all accounts of the local cloud; none when absent. */
  readonly organizationId?: string;
}

/**
 * Condition keys that every request has, or is known not to have. A service that acts sets its own keys (`aws:SourceArn`).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function standardContext(options: StandardContextOptions): RequestContext {
  const { principal, resource, now, organizationId = null } = options;
  const isService = principal.kind === 'service';
  const account = accountOf(principal) ?? null;
  const owner = resource === '*' ? account : (ownerOf(resource) ?? account);
  return {
    ...principalContext(principal),
    'aws:CurrentTime': now.toISOString(),
    'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
    // The loopback counts as TLS, because plain HTTP is not part of a rehearsal.
    'aws:SecureTransport': 'true',
    'aws:SourceIp': isService ? null : '127.0.0.1',
    'aws:UserAgent': null,
    'aws:Referer': null,
    'aws:ResourceAccount': owner,
    'aws:PrincipalOrgID': isService || account === null ? null : organizationId,
    'aws:ResourceOrgID': owner === null ? null : organizationId,
    'aws:ViaAWSService': 'false',
    'aws:CalledVia': null,
    'aws:CalledViaFirst': null,
    'aws:CalledViaLast': null,
    'aws:SourceVpc': null,
    'aws:SourceVpce': null,
    'aws:VpcSourceIp': null,
    ...(isService ? {} : NO_SOURCE),
  };
}

/** Keys that only services set, about the resource for which they act. */
const NO_SOURCE: RequestContext = {
  'aws:SourceArn': null,
  'aws:SourceAccount': null,
  'aws:SourceOrgID': null,
  'aws:SourceOrgPaths': null,
};
