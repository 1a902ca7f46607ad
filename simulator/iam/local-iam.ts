import { AccessRecord, type AccessRecordState, type Denial, type Usage } from './access/access-record.ts';
import { admitCall, type CallAdmission } from './access/admit-call.ts';
import { type Authorize, authorizer } from './access/authorize.ts';
import { actionMatches } from './evaluation/action-match.ts';
import { readPolicy } from './policy/read-policy.ts';
import { type DirectoryState, IamDirectory } from './principals/iam-directory.ts';
import type { Principal } from './principals/principal.ts';
import { isMutating, type KnownAction, knownActions } from './reports/action-table.ts';
import { overlaps } from './reports/arn-overlap.ts';
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
  /** Numbers in [0, 1): keys and tokens are made of them, so that a run can be repeated. */
  readonly random: () => number;
  readonly now: () => Date;
  /** The organization that all accounts are members of; absent: of none. */
  readonly organizationId?: string;
  readonly state?: LocalIamState;
}

/** IAM and STS of all accounts of the local cloud, in one place. */
export class LocalIam {
  readonly directory: IamDirectory;
  readonly sessions: SessionStore;
  /** Decides one action on one resource, and writes it down. */
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

  /** Who calls, if the call may be served; throws the service's fault if not. STS's AssumeRole is for `assumeRole` to decide. */
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

  /** What policies say that was not understood, and what requests did not supply although a policy asked for it. */
  problems(): string[] {
    return [...new Set([...this.directory.problems(), ...this.#record.problems()])];
  }

  unusedGrants(options: UnusedGrantOptions = {}): UnusedGrant[] {
    return unusedGrants(this.directory, this.usage(), options);
  }

  ineffectiveGrants(): IneffectiveGrant[] {
    return ineffectiveGrants(this.directory);
  }

  state(): LocalIamState {
    return { directory: this.directory.state(), sessions: this.sessions.state(), record: this.#record.state() };
  }
}

/** An action and a resource of one statement that never meet: the action does not take such a resource. */
interface IneffectiveGrant {
  readonly role: string;
  readonly policy: string;
  readonly statement: number;
  readonly sid?: string;
  readonly action: string;
  readonly resource: string;
}

/** Looks at every Allow of every role. Throws for an action that is not in the table. */
function ineffectiveGrants(directory: IamDirectory): IneffectiveGrant[] {
  return directory.roles().flatMap((role) =>
    directory.identityPolicies(role).flatMap((named) =>
      readPolicy(named, 'identity').statements.flatMap(({ effect, action, resource, index, sid }) => {
        if (effect !== 'Allow' || action === undefined || resource === undefined) return [];
        if (action.negated || resource.negated) return [];
        return action.patterns.flatMap((pattern) =>
          resource.patterns
            .filter((each) => !knownActions(pattern).some((known) => takes(known, each)))
            .map((each) => ({
              role: role.arn,
              policy: named.name,
              statement: index,
              ...(sid === undefined ? {} : { sid }),
              action: pattern,
              resource: each,
            })),
        );
      }),
    ),
  );
}

/** `*` is taken by every action, and by nothing else is an action without resources granted. */
function takes({ row }: KnownAction, resource: string): boolean {
  if (resource === '*') return true;
  const pattern = withoutVariables(resource);
  return row.resources.some((template) => overlaps(pattern, template));
}

/** A variable may have any value. */
function withoutVariables(resource: string): string {
  return resource.replaceAll(/\$\{[^}]*\}/g, '*');
}

/** An action, or a pattern of actions, that a role is granted and never used. */
interface UnusedGrant {
  readonly role: string;
  readonly action: string;
  /** `policy statement 2 (Sid)` of each statement that grants it. */
  readonly grantedBy: readonly string[];
}

interface UnusedGrantOptions {
  /** Only actions that change something: reads that were not needed in one run say little. */
  readonly mutatingOnly?: boolean;
}

/**
 * Per role and action, since grants of several statements overlap and use of one is use of all. NotAction is left out: what it grants has no
 * end. Throws with `mutatingOnly` for an action that is not in the table.
 */
export function unusedGrants(
  directory: IamDirectory,
  usage: readonly Usage[],
  { mutatingOnly = false }: UnusedGrantOptions = {},
): UnusedGrant[] {
  const usedBy = Map.groupBy(usage, ({ role }) => role);
  return directory.roles().flatMap((role) => {
    const used = usedBy.get(role.arn)?.map(({ action }) => action) ?? [];
    const granted = new Map<string, string[]>();
    for (const named of directory.identityPolicies(role)) {
      for (const { effect, action, index, sid } of readPolicy(named, 'identity').statements) {
        if (effect !== 'Allow' || action === undefined || action.negated) continue;
        const place = `${named.name} statement ${index}${sid === undefined ? '' : ` (${sid})`}`;
        for (const pattern of action.patterns) granted.set(pattern, [...(granted.get(pattern) ?? []), place]);
      }
    }
    return [...granted]
      .filter(([pattern]) => !used.some((action) => actionMatches(pattern, action)))
      .filter(([pattern]) => !mutatingOnly || isMutating(pattern))
      .map(([action, grantedBy]) => ({ role: role.arn, action, grantedBy }));
  });
}
