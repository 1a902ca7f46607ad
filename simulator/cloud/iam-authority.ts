import { denialFault } from '../iam/access/denial-fault.ts';
import type { Decision } from '../iam/evaluation/access-request.ts';
import { LocalIam } from '../iam/local-iam.ts';
import type { Principal } from '../iam/principals/principal.ts';
import type { Lookups, Requirement } from '../iam/requirements/requirement.ts';
import type { AssumedRole } from '../iam/sessions/assume-role.ts';
import type { AssumeRoleInput } from '../iam/sessions/assume-role-input.ts';
import type { IssuedSession } from '../iam/sessions/role-session.ts';
import type { AwsCall, ServiceName } from '../wire/aws-call.ts';
import type { Authority, Source, UnnamedSource } from './authority.ts';
import type { ResourcePolicies } from './resource-policies.ts';

export interface IamAuthorityOptions {
  readonly policies: ResourcePolicies;
  readonly now: () => Date;
  readonly random: () => number;
  readonly organizationId: string;
  readonly lookups: Lookups;
}

/** Credentials of Lambda last this long, in virtual seconds; when they expire, the function gets a new environment. */
const FUNCTION_SESSION_SECONDS = 12 * 3_600;
const SERVICE_SESSION_SECONDS = 3_600;

/** The local cloud's authority over the evaluator of IAM: identities, permissions, and a record of all decisions. */
export class IamAuthority implements Authority {
  readonly iam: LocalIam;
  readonly #options: IamAuthorityOptions;
  readonly #inRole = new Map<string, IssuedSession>();

  constructor(options: IamAuthorityOptions) {
    this.#options = options;
    const { now, random, organizationId } = options;
    this.iam = new LocalIam({ now, random, organizationId });
  }

  /** The signer with a known key that has not expired; throws STS's fault for any other. */
  principalOf(signer: AwsCall['signer']): Principal {
    return this.iam.sessions.principalOf(signer, 'sts', this.#options.now());
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.iam.sessions.secretOf(accessKeyId);
  }

  /** Returns the caller, if it has all permissions that the call needs. `assumeRole` decides AssumeRole. */
  admit(call: AwsCall): Principal {
    const { now, lookups, policies } = this.#options;
    return this.iam.admit({ call, now: now(), lookups, resourcePolicyOf: (arn) => policies.of(arn) });
  }

  assumeRole(input: AssumeRoleInput, caller: Principal, region: string): AssumedRole {
    return this.iam.assumeRole({ caller, input, now: this.#options.now(), where: 'sts:AssumeRole over HTTP', region });
  }

  /** Whether a caller may do something; both results are recorded. */
  may(principal: Principal, requirement: Requirement, where: string): boolean {
    return this.#decide(principal, requirement, where).allowed;
  }

  inRole(roleArn: string, source: Source, needed: readonly Requirement[], where: string): void {
    const key = `${roleArn} ${source.service} ${source.sourceArn}`;
    let issued = this.#inRole.get(key);
    if (issued === undefined || issued.credentials.expiration <= this.#options.now()) {
      issued = this.#take(roleArn, source, where, 'local-cloud', SERVICE_SESSION_SECONDS);
      this.#inRole.set(key, issued);
    }
    const { session } = issued;
    for (const requirement of needed) this.#require(session, requirement, where);
  }

  asService(source: Source | UnnamedSource, needed: readonly Requirement[], where: string): void {
    const context = source.sourceArn === undefined ? {} : contextOf(source);
    const principal: Principal = { kind: 'service', service: source.service };
    for (const requirement of needed)
      this.#require(principal, { ...requirement, context: { ...context, ...requirement.context } }, where);
  }

  /** Credentials of a function's role, which Lambda puts into its environment. */
  functionSession(roleArn: string, functionName: string, source: Source): IssuedSession {
    return this.#take(roleArn, source, `lambda ${functionName}`, functionName, FUNCTION_SESSION_SECONDS);
  }

  #take(roleArn: string, source: Source, where: string, sessionName: string, seconds: number): IssuedSession {
    const { service } = source;
    const now = this.#options.now();
    return this.iam.serviceSession({ roleArn, service, sessionName, context: contextOf(source), now, where, seconds });
  }

  #require(principal: Principal, requirement: Requirement, where: string): void {
    const { action, resource } = requirement;
    const decision = this.#decide(principal, requirement, where);
    if (!decision.allowed) throw denialFault(serviceOf(action), principal, action, resource, decision.why);
  }

  #decide(principal: Principal, requirement: Requirement, where: string): Decision {
    const resourcePolicy = this.#options.policies.of(requirement.resource);
    const policy = resourcePolicy === undefined ? {} : { resourcePolicy };
    return this.iam.authorize({ principal, ...requirement, ...policy, where });
  }
}

const contextOf = ({ sourceArn, sourceAccount }: Source) => ({
  'aws:SourceArn': sourceArn,
  'aws:SourceAccount': sourceAccount,
});

/** The service that refuses: `lambda` of `lambda:InvokeFunction`. CloudWatch signs as `monitoring`. */
function serviceOf(action: string): ServiceName {
  const prefix = action.slice(0, action.indexOf(':'));
  return (prefix === 'cloudwatch' ? 'monitoring' : prefix) as ServiceName;
}
