import { AwsFault, type ServiceName, type Signer } from '../../wire/aws-call.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import type { Principal, RoleSession, User } from '../principals/principal.ts';
import { newCredentials, type SessionCredentials } from './credentials.ts';

/** A session with its credentials, as plain JSON. */
export interface StoredSession extends Omit<SessionCredentials, 'expiration'> {
  /** ISO 8601. */
  readonly expiration: string;
  readonly session: RoleSession;
}

/** An ended session counts as expired for this time, and as unknown after that. */
const REMEMBERED_MILLISECONDS = 24 * 3600_000;

export interface SessionStoreOptions {
  readonly directory: IamDirectory;
  readonly random: () => number;
  readonly state?: readonly StoredSession[];
}

/** The issued sessions, by their keys. */
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

  /** The signer of a request to the service. Throws the service's fault for missing, unknown or expired keys. */
  principalOf(signer: Signer | undefined, service: ServiceName, now: Date): Principal {
    if (signer === undefined) throw credentialFault('missing', service);
    const user = this.#directory.userOfKey(signer.accessKeyId);
    if (user !== undefined && signer.sessionToken === undefined) return this.#principalOfUser(user);
    const stored = this.#sessions.get(signer.accessKeyId);
    if (stored === undefined || stored.sessionToken !== signer.sessionToken) throw credentialFault('unknown', service);
    if (Date.parse(stored.expiration) <= now.getTime()) throw credentialFault('expired', service);
    return stored.session;
  }

  /** The secret of a key, expired or not; undefined for an unknown key. */
  secretOf(accessKeyId: string): string | undefined {
    const user = this.#directory.userOfKey(accessKeyId);
    return user?.secretAccessKey ?? this.#sessions.get(accessKeyId)?.secretAccessKey;
  }

  state(): StoredSession[] {
    return [...this.#sessions.values()];
  }

  /** It returns the same object each time, by which remembered decisions are found. */
  #principalOfUser(user: User): Principal {
    const { account, arn, name, userId } = user;
    const known = this.#users.get(user);
    if (known !== undefined) return known;
    const principal = { kind: 'user', account, arn, userName: name, userId, tags: {} } as const;
    this.#users.set(user, principal);
    return principal;
  }

  /** Sessions are kept in the order of their issue, so the oldest come first and most calls check only one. */
  #forget(now: Date): void {
    for (const [key, { expiration }] of this.#sessions) {
      if (Date.parse(expiration) + REMEMBERED_MILLISECONDS > now.getTime()) return;
      this.#sessions.delete(key);
    }
  }
}

/** The possible problems of a request's credentials. */
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
/** Services of the query protocol, and those that kept its codes afterwards. */
const QUERY_CODES: ReadonlySet<ServiceName> = new Set(['monitoring', 's3', 'sns', 'sqs', 'sts']);
const REST: ReadonlySet<ServiceName> = new Set(['eks', 'scheduler']);

/** A service's refusal of credentials. */
function credentialFault(problem: CredentialProblem, service: ServiceName): AwsFault {
  const isQuery = QUERY_CODES.has(service);
  const name = (isQuery ? QUERY_NAMES : JSON_NAMES)[problem];
  return new AwsFault(name, TEXTS[problem], { status: isQuery || REST.has(service) ? 403 : 400 });
}
