import type { AwsCall } from '../wire/aws-call.ts';
import { AccessRecord, type AccessRecordState, type Denial, type Usage } from './access/access-record.ts';
import { type Authorize, authorizer } from './access/authorize.ts';
import { denialFault } from './access/denial-fault.ts';
import type { RequestContext } from './conditions/request-context.ts';
import { type DirectoryState, IamDirectory } from './principals/iam-directory.ts';
import type { Principal, ServicePrincipal } from './principals/principal.ts';
import type { Lookups } from './requirements/requirement.ts';
import { requirements } from './requirements/requirements.ts';
import { type AssumedRole, type AssumeRoleRequest, assumeRole, type StsParts } from './sessions/assume-role.ts';
import { type IssuedSession, issuedSession, roleSession } from './sessions/role-session.ts';
import { SessionStore, type StoredSession } from './sessions/session-store.ts';
import { trustPolicyOf } from './sessions/trust-policy-of.ts';

/** Plain JSON. */
interface LocalIamState {
  readonly directory: DirectoryState;
  readonly sessions: readonly StoredSession[];
  readonly record: AccessRecordState;
}

interface LocalIamOptions {
  /** Numbers in [0, 1) for keys and tokens, so that a run can be repeated. */
  readonly random: () => number;
  readonly now: () => Date;
  /** The organization of all accounts; none when absent. */
  readonly organizationId?: string;
  readonly state?: LocalIamState;
}

/** IAM and STS of all accounts of the local cloud. */
export class LocalIam {
  readonly directory: IamDirectory;
  readonly sessions: SessionStore;
  /** Decides one action on one resource, and records it. */
  readonly authorize: Authorize;
  readonly #record: AccessRecord;
  readonly #parts: StsParts;

  constructor({ random, now, organizationId, state }: LocalIamOptions) {
    this.directory = new IamDirectory(state?.directory);
    this.sessions = new SessionStore({ directory: this.directory, random, state: state?.sessions ?? [] });
    this.#record = new AccessRecord(state?.record);
    const organization = organizationId === undefined ? {} : { organizationId };
    this.authorize = authorizer({ directory: this.directory, record: this.#record, now, ...organization });
    this.#parts = { directory: this.directory, sessions: this.sessions, authorize: this.authorize };
  }

  /** Returns the caller, if the call may be served; throws the service's fault otherwise. `assumeRole` decides STS's AssumeRole. */
  admit(admission: CallAdmission): Principal {
    return admitCall(this.#parts, admission);
  }

  assumeRole(request: AssumeRoleRequest): AssumedRole {
    return assumeRole(this.#parts, request);
  }

  serviceSession(request: ServiceSessionRequest): IssuedSession {
    return serviceSession(this.#parts, request);
  }

  denials(): Denial[] {
    return this.#record.denials();
  }

  usage(): Usage[] {
    return this.#record.usage();
  }

  /** Unsupported elements of policies, and keys that a policy reads and requests did not supply. */
  problems(): string[] {
    return [...new Set([...this.directory.problems(), ...this.#record.problems()])];
  }

  state(): LocalIamState {
    return { directory: this.directory.state(), sessions: this.sessions.state(), record: this.#record.state() };
  }
}

interface ServiceSessionRequest {
  readonly roleArn: string;
  /** `lambda.amazonaws.com`. */
  readonly service: string;
  /** Lambda uses the function's name. */
  readonly sessionName: string;
  /**
   * The service's own keys: `aws:SourceArn` and `aws:SourceAccount`, null for a service without them. A trust policy with a condition on a missing
   * key admits no service.
   */
  readonly context: RequestContext;
  readonly now: Date;
  readonly where: string;
  /** One hour by default. */
  readonly seconds?: number;
}

const DEFAULT_SECONDS = 3600;

/** A service assumes a role for its own work. Throws `AccessDenied` where the role's trust policy does not allow it, or the role is missing. */
function serviceSession({ directory, sessions, authorize }: StsParts, request: ServiceSessionRequest): IssuedSession {
  const { roleArn, service, sessionName, context, now, where, seconds = DEFAULT_SECONDS } = request;
  const principal: ServicePrincipal = { kind: 'service', service };
  const action = 'sts:AssumeRole';
  const role = directory.role(roleArn);
  const trust = { 'sts:ExternalId': null, 'sts:RoleSessionName': sessionName, ...context };
  const decision = authorize({
    principal,
    action,
    resource: roleArn,
    context: trust,
    trustPolicy: trustPolicyOf(role),
    where,
  });
  if (!decision.allowed) throw denialFault('sts', principal, action, roleArn, decision.why);
  if (role === undefined) throw new Error(`${service} was allowed to take ${roleArn}, which does not exist`);
  const session = roleSession({ role, sessionName, now });
  return issuedSession(session, sessions.issue(session, seconds, now));
}

interface CallAdmission {
  readonly call: AwsCall;
  readonly now: Date;
  readonly lookups: Lookups;
  /** The policy of a queue, topic, bus or table; undefined where it has none. */
  readonly resourcePolicyOf?: (arn: string) => unknown;
  /** `eks:DescribeCluster over HTTP` by default. */
  readonly where?: string;
}

interface AdmissionParts {
  readonly sessions: SessionStore;
  readonly authorize: Authorize;
}

/**
 * Returns the caller, if the call may be served. Throws the service's fault for bad credentials and for the first missing permission, and
 * `NotImplemented` for an operation without a row.
 */
function admitCall({ sessions, authorize }: AdmissionParts, admission: CallAdmission): Principal {
  const { call, now, lookups, resourcePolicyOf } = admission;
  const { service, operation } = call;
  const principal = sessions.principalOf(call.signer, service, now);
  const account = 'account' in principal ? principal.account : '';
  const where = admission.where ?? `${service}:${operation} over HTTP`;
  for (const { action, resource, context, ...own } of requirements(call, account, lookups)) {
    const resourcePolicy = resource === '*' ? undefined : (own.resourcePolicy ?? resourcePolicyOf?.(resource));
    const decision = authorize({
      principal,
      action,
      resource,
      context,
      where,
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    });
    if (!decision.allowed) throw denialFault(service, principal, action, resource, decision.why);
  }
  return principal;
}
