import type { RequestContext } from '../conditions/request-context.ts';
import { ownerOf } from '../policy/arn.ts';
import { accountOf, type Principal } from '../principals/principal.ts';
import { principalContext } from '../principals/principal-context.ts';

export interface StandardContextOptions {
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
