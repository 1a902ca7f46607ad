import type { Decision } from '../iam/evaluation/access-request.ts';
import type { AssumedRole } from '../iam/sessions/assume-role.ts';
import { assumeRole } from '../iam/sessions/assume-role.ts';
import type { AssumeRoleInput } from '../iam/sessions/assume-role-input.ts';
import { authorizer, type Authorize } from '../iam/access/authorize.ts';
import type { AccessRecord } from '../iam/access/access-record.ts';
import { type DenyingService, denialFault } from '../iam/access/denial-fault.ts';
import type { IamDirectory } from '../iam/principals/iam-directory.ts';
import { nameOf, type Principal } from '../iam/principals/principal.ts';
import type { Lookups, Requirement } from '../iam/requirements/requirement.ts';
import { requirements } from '../iam/requirements/requirements.ts';
import type { IssuedSession } from '../iam/sessions/role-session.ts';
import { serviceSession } from '../iam/sessions/service-session.ts';
import { SessionStore } from '../iam/sessions/session-store.ts';
import type { AwsCall } from '../wire/aws-call.ts';
import type { Authority, Source } from './authority.ts';
import type { ResourcePolicies } from './resource-policies.ts';

export interface IamAuthorityOptions {
  readonly directory: IamDirectory;
  readonly record: AccessRecord;
  readonly policies: ResourcePolicies;
  readonly now: () => Date;
  readonly random: () => number;
  readonly organizationId: string;
  readonly lookups: Lookups;
}

/** Lambda's own credentials last this long here, in virtual seconds; a function that outlives them gets a new environment. */
const FUNCTION_SESSION_SECONDS = 12 * 3_600;
const SERVICE_SESSION_SECONDS = 3_600;

/** The local cloud's authority over IAM's evaluator: who is who, who may what, and a record of all of it. */
export class IamAuthority implements Authority {
  readonly sessions: SessionStore;
  readonly #options: IamAuthorityOptions;
  readonly #authorize: Authorize;
  readonly #inRole = new Map<string, IssuedSession>();

  constructor(options: IamAuthorityOptions) {
    this.#options = options;
    const { directory, record, now, random, organizationId } = options;
    this.sessions = new SessionStore({ directory, random });
    this.#authorize = authorizer({ directory, record, now, organizationId });
  }

  principalOf({ signer, service }: Pick<AwsCall, 'service' | 'signer'>): Principal {
    return this.sessions.principalOf(signer, service, this.#options.now());
  }

  authorizeCall(call: AwsCall, principal: Principal): void {
    // AssumeRole is decided together with the role's trust; nobody needs leave to ask who he is.
    if (call.service === 'sts') return;
    const account = 'account' in principal ? principal.account : '';
    const where = `${call.service}:${call.operation} by ${nameOf(principal)}`;
    for (const requirement of requirements(call, account, this.#options.lookups))
      this.#require(call.service, principal, requirement, where);
  }

  assumeRole(input: AssumeRoleInput, caller: Principal, region: string): AssumedRole {
    const { now, directory } = this.#options;
    const where = `sts:AssumeRole by ${nameOf(caller)}`;
    const parts = { directory, sessions: this.sessions, authorize: this.#authorize };
    return assumeRole(parts, { caller, input, now: now(), where, region });
  }

  /** Whether a caller may do something; on record either way. */
  may(principal: Principal, requirement: Requirement, where: string): boolean {
    return this.#decide(principal, requirement, where).allowed;
  }

  inRole(roleArn: string, source: Source, needed: readonly Requirement[], where: string): void {
    const key = `${roleArn} ${source.service} ${source.sourceArn}`;
    let issued = this.#inRole.get(key);
    if (issued === undefined || issued.credentials.expiration <= this.#options.now()) {
      issued = this.#take(roleArn, source, where, SERVICE_SESSION_SECONDS);
      this.#inRole.set(key, issued);
    }
    const { session } = issued;
    for (const requirement of needed) this.#require(serviceOf(requirement.action), session, requirement, where);
  }

  asService(source: Source, needed: readonly Requirement[], where: string): void {
    const context = { 'aws:SourceArn': source.sourceArn, 'aws:SourceAccount': source.sourceAccount };
    const principal: Principal = { kind: 'service', service: source.service };
    for (const requirement of needed) {
      const { action } = requirement;
      const asked = { ...requirement, context: { ...context, ...requirement.context } };
      this.#require(serviceOf(action), principal, asked, where);
    }
  }

  /** Credentials of a function's role, as Lambda puts them into its environment. */
  functionSession(roleArn: string, functionName: string, source: Source): IssuedSession {
    return this.#take(roleArn, source, `lambda ${functionName}`, FUNCTION_SESSION_SECONDS, functionName);
  }

  /** Lambda and Step Functions check the trust of a role when something is made that names it. */
  useRole(roleArn: string, source: Source): void {
    this.#take(roleArn, source, `creation of ${source.sourceArn}`, SERVICE_SESSION_SECONDS);
  }

  #take(roleArn: string, source: Source, where: string, seconds: number, sessionName = 'local-cloud'): IssuedSession {
    const { now, directory } = this.#options;
    const context = { 'aws:SourceArn': source.sourceArn, 'aws:SourceAccount': source.sourceAccount };
    const parts = { directory, sessions: this.sessions, authorize: this.#authorize };
    return serviceSession(parts, { roleArn, service: source.service, sessionName, context, now: now(), where, seconds });
  }

  #require(service: DenyingService, principal: Principal, requirement: Requirement, where: string): void {
    const { action, resource } = requirement;
    const decision = this.#decide(principal, requirement, where);
    if (!decision.allowed) throw denialFault(service, principal, action, resource, decision.why);
  }

  #decide(principal: Principal, requirement: Requirement, where: string): Decision {
    const policy = this.#options.policies.of(requirement.resource);
    const resourcePolicy = policy === undefined ? {} : { resourcePolicy: policy.document };
    return this.#authorize({ principal, ...requirement, ...resourcePolicy, where });
  }
}

/** The service that says no: `lambda` of `lambda:InvokeFunction`. CloudWatch signs as `monitoring`. */
function serviceOf(action: string): DenyingService {
  const prefix = action.slice(0, action.indexOf(':'));
  return (prefix === 'cloudwatch' ? 'monitoring' : prefix) as DenyingService;
}
