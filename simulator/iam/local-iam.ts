import { AccessRecord, type AccessRecordState, type Denial, type Usage } from './access/access-record.ts';
import { admitCall, type CallAdmission } from './access/admit-call.ts';
import { type Authorize, authorizer } from './access/authorize.ts';
import { type DirectoryState, IamDirectory } from './principals/iam-directory.ts';
import type { Principal } from './principals/principal.ts';
import { type AssumedRole, type AssumeRoleRequest, assumeRole, type StsParts } from './sessions/assume-role.ts';
import type { IssuedSession } from './sessions/role-session.ts';
import { type ServiceSessionRequest, serviceSession } from './sessions/service-session.ts';
import { SessionStore, type StoredSession } from './sessions/session-store.ts';

/** Plain JSON. */
export interface LocalIamState {
  readonly directory: DirectoryState;
  readonly sessions: readonly StoredSession[];
  readonly record: AccessRecordState;
}

export interface LocalIamOptions {
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
