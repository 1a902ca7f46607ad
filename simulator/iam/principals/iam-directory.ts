import type { ApplicablePolicies } from '../evaluation/access-request.ts';
import { isAccountId, parseArn } from '../policy/arn.ts';
import { type NamedPolicy, policyProblems } from '../policy/policy-document.ts';
import { localAdministrator } from './local-administrator.ts';
import { localPerson } from './local-person.ts';
import type { Principal, Role, RoleDescription, User } from './principal.ts';
import { uniqueIdOf } from './unique-id.ts';

/** Plain JSON. */
export interface DirectoryState {
  readonly managedPolicies: readonly (readonly [string, NamedPolicy])[];
  readonly roles: readonly Role[];
  readonly users: readonly User[];
}

/** The roles, users and managed policies of all accounts of the local cloud. */
export class IamDirectory {
  readonly #managedPolicies: Map<string, NamedPolicy>;
  readonly #roles: Map<string, Role>;
  readonly #users: Map<string, User>;
  /** By access key, because every signed call needs it. */
  readonly #userOfKey: Map<string, User>;
  #revision = 0;

  constructor(state?: DirectoryState) {
    this.#managedPolicies = new Map(state?.managedPolicies);
    this.#roles = new Map(state?.roles.map((role) => [role.arn, role]));
    this.#users = new Map(state?.users.map((user) => [user.arn, user]));
    this.#userOfKey = new Map(state?.users.map((user) => [user.accessKeyId, user]));
  }

  /** A different number after every change. */
  get revision(): number {
    return this.#revision;
  }

  /** A policy that roles name by its ARN. It must exist before them, because an unknown policy might deny. */
  addManagedPolicy(arn: string, document: unknown): void {
    this.#managedPolicies.set(arn, { name: arn, document });
    this.#revision += 1;
  }

  /** Replaces a role of the same ARN. Throws for an ARN that is no role's, and for a missing managed policy. */
  addRole(description: RoleDescription): Role {
    const role = roleOf(description);
    for (const arn of [...role.managedPolicies, role.permissionsBoundary]) {
      if (arn !== undefined) this.#managedPolicy(arn);
    }
    this.#roles.set(role.arn, role);
    this.#revision += 1;
    return role;
  }

  /** The user of this machine, for one account. */
  addAdministrator(account: string): User {
    return this.#addUser(localAdministrator(account));
  }

  /** A user with only this managed policy, which must exist: a policy of the templates without a role is for people. */
  addPerson(policyArn: string): User {
    this.#managedPolicy(policyArn);
    return this.#addUser(localPerson(policyArn));
  }

  #addUser(user: User): User {
    this.#users.set(user.arn, user);
    this.#userOfKey.set(user.accessKeyId, user);
    this.#revision += 1;
    return user;
  }

  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  roles(): Role[] {
    return [...this.#roles.values()];
  }

  user(arn: string): User | undefined {
    return this.#users.get(arn);
  }

  userOfKey(accessKeyId: string): User | undefined {
    return this.#userOfKey.get(accessKeyId);
  }

  users(): User[] {
    return [...this.#users.values()];
  }

  /** The permissions of a role itself, by all its policies. Throws for a missing managed policy. */
  identityPolicies({ policies, managedPolicies }: Pick<Role, 'policies' | 'managedPolicies'>): NamedPolicy[] {
    return [...policies, ...managedPolicies.map((arn) => this.#managedPolicy(arn))];
  }

  /** The policies of the caller. A deleted one has no permissions. */
  policiesOf(principal: Principal): Pick<ApplicablePolicies, 'identity' | 'boundary' | 'session'> {
    if (principal.kind === 'user') {
      const user = this.#users.get(principal.arn);
      if (user === undefined) return { identity: [] };
      return { identity: this.identityPolicies({ managedPolicies: [], ...user }) };
    }
    if (principal.kind !== 'assumed-role') return { identity: [] };
    const role = this.#roles.get(principal.roleArn);
    const { sessionPolicies } = principal;
    return {
      identity: role === undefined ? [] : this.identityPolicies(role),
      ...(role?.permissionsBoundary === undefined ? {} : { boundary: this.#managedPolicy(role.permissionsBoundary) }),
      ...(sessionPolicies === undefined ? {} : { session: sessionPolicies }),
    };
  }

  managedPolicy(arn: string): NamedPolicy | undefined {
    return this.#managedPolicies.get(arn);
  }

  /** The errors in the policies of all roles and users and in managed policies. */
  problems(): string[] {
    const identities = [...this.#roles.values(), ...this.#users.values()];
    return [
      ...this.roles().flatMap(({ arn, trustPolicy }) =>
        policyProblems({ name: `trust of ${arn}`, document: trustPolicy }, 'trust'),
      ),
      ...identities.flatMap(({ arn, policies }) =>
        policies.flatMap(({ name, document }) => policyProblems({ name: `${name} of ${arn}`, document }, 'identity')),
      ),
      ...[...this.#managedPolicies.values()].flatMap((policy) => policyProblems(policy, 'identity')),
    ];
  }

  state(): DirectoryState {
    return { managedPolicies: [...this.#managedPolicies], roles: this.roles(), users: this.users() };
  }

  #managedPolicy(arn: string): NamedPolicy {
    const policy = this.#managedPolicies.get(arn);
    if (policy === undefined) throw new Error(`The managed policy ${arn} is not known here`);
    return policy;
  }
}

const DEFAULT_SESSION_SECONDS = 3600;
const ROLE = /^role(\/(?:.+\/)?)([\w+=,.@-]{1,64})$/;

/** Adds the values that follow from a role's ARN. Throws for an ARN that is no role's. */
function roleOf(description: RoleDescription): Role {
  const { arn, trustPolicy, permissionsBoundary } = description;
  const parsed = parseArn(arn);
  const [, path, name] = ROLE.exec(parsed?.resource ?? '') ?? [];
  if (parsed?.service !== 'iam' || !isAccountId(parsed.account) || path === undefined || name === undefined) {
    throw new Error(`${arn} is no ARN of a role`);
  }
  return {
    arn,
    name,
    account: parsed.account,
    path,
    roleId: uniqueIdOf('AROA', arn),
    trustPolicy,
    policies: description.policies ?? [],
    managedPolicies: description.managedPolicies ?? [],
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
    tags: description.tags ?? {},
    maxSessionSeconds: description.maxSessionSeconds ?? DEFAULT_SESSION_SECONDS,
  };
}
