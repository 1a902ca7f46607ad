import { AwsFault, type ServiceName, type Signer } from '../../wire/aws-call.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import type { Principal, RoleSession } from '../principals/principal.ts';
import type { User } from '../principals/role.ts';
import { newCredentials, type SessionCredentials } from './credentials.ts';

/** A session and what signs for it; plain JSON. */
export interface StoredSession extends Omit<SessionCredentials, 'expiration'> {
  /** ISO 8601. */
  readonly expiration: string;
  readonly session: RoleSession;
}

/** So long after its end a session is still called expired; then nobody knows it any more. */
const REMEMBERED_MILLISECONDS = 24 * 3600_000;

export interface SessionStoreOptions {
  readonly directory: IamDirectory;
  readonly random: () => number;
  readonly state?: readonly StoredSession[];
}

/** The sessions that were given out, found by their keys. */
export class SessionStore {
  readonly #directory: IamDirectory;
  readonly #random: () => number;
  readonly #sessions: Map<string, StoredSession>;
  readonly #users = new WeakMap<User, Principal>();

  constructor({ directory, random, state = [] }: SessionStoreOptions) {
    this.#directory = directory;
    this.#random = random;
    this.#sessions = new Map(state.map((stored) => [stored.accessKeyId, stored]));
  }

  issue(session: RoleSession, seconds: number, now: Date): SessionCredentials {
    this.#forget(now);
    const credentials = newCredentials(this.#random, new Date(now.getTime() + seconds * 1000));
    const expiration = credentials.expiration.toISOString();
    this.#sessions.set(credentials.accessKeyId, { ...credentials, expiration, session });
    return credentials;
  }

  /** Who signed a request to the service. Throws the service's fault for keys that are missing, not known or expired. */
  principalOf(signer: Signer | undefined, service: ServiceName, now: Date): Principal {
    if (signer === undefined) throw credentialFault('missing', service);
    const user = this.#directory.userOfKey(signer.accessKeyId);
    if (user !== undefined && signer.sessionToken === undefined) return this.#principalOfUser(user);
    const stored = this.#sessions.get(signer.accessKeyId);
    if (stored === undefined || stored.sessionToken !== signer.sessionToken) throw credentialFault('unknown', service);
    if (Date.parse(stored.expiration) <= now.getTime()) throw credentialFault('expired', service);
    return stored.session;
  }

  /** The secret that a request with this key is signed with, expired or not; undefined for a key that nobody has. */
  secretOf(accessKeyId: string): string | undefined {
    const user = this.#directory.userOfKey(accessKeyId);
    return user?.secretAccessKey ?? this.#sessions.get(accessKeyId)?.secretAccessKey;
  }

  state(): StoredSession[] {
    return [...this.#sessions.values()];
  }

  /** The same object each time, by which decisions are known again. */
  #principalOfUser(user: User): Principal {
    const { account, arn, name, userId } = user;
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const principal = { kind: 'user', account, arn, userName: name, userId, tags: {} } as const;
    this.#users.set(user, principal);
    return principal;
  }

  /** Sessions are kept in the order they were given out, so the oldest go first and most calls look at one alone. */
  #forget(now: Date): void {
    for (const [key, { expiration }] of this.#sessions) {
      if (Date.parse(expiration) + REMEMBERED_MILLISECONDS > now.getTime()) return;
      this.#sessions.delete(key);
    }
  }
}

/** What may be wrong with the credentials of a request. */
type CredentialProblem = 'missing' | 'unknown' | 'expired';

const TEXTS: Readonly<Record<CredentialProblem, string>> = {
  missing: 'Missing Authentication Token',
  unknown: 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
};
const QUERY_NAMES: Readonly<Record<CredentialProblem, string>> = {
  missing: 'MissingAuthenticationToken',
  unknown: 'InvalidClientTokenId',
  expired: 'ExpiredToken',
};
const JSON_NAMES: Readonly<Record<CredentialProblem, string>> = {
  missing: 'MissingAuthenticationTokenException',
  unknown: 'UnrecognizedClientException',
  expired: 'ExpiredTokenException',
};
/** Services of the query protocol, and those that kept its codes when they left it. */
const QUERY_CODES: ReadonlySet<ServiceName> = new Set(['monitoring', 's3', 'sns', 'sqs', 'sts']);
const REST: ReadonlySet<ServiceName> = new Set(['eks', 'scheduler']);

/** How a service refuses credentials. */
function credentialFault(problem: CredentialProblem, service: ServiceName): AwsFault {
  const isQuery = QUERY_CODES.has(service);
  const name = (isQuery ? QUERY_NAMES : JSON_NAMES)[problem];
  return new AwsFault(name, TEXTS[problem], { status: isQuery || REST.has(service) ? 403 : 400 });
}
