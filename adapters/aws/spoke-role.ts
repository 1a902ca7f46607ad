import { AssumeRoleCommand, STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { namedError } from '../../core/contracts/errors.ts';
import { type FunctionName, spokeSessionName } from '../../core/contracts/names.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { lightenClient } from './request-limits.ts';

/** The role that Liftlock assumes in every account, the hub's own too. */
interface SpokeRole {
  readonly partition: string;
  /** The role's name, without its path. */
  readonly name: string;
  readonly externalId: string;
  /** The Lambda function that acts: sessions are named `liftlock-<function>`, which is what CloudTrail of the account shows. */
  readonly functionName: FunctionName;
}

/** Temporary credentials, in the shape that clients of the SDK take. */
export interface SpokeCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Roles assumed by a role last an hour at most; refreshed after 50 minutes. */
const READ_SECONDS = 3600;
const REFRESH_BEFORE_MILLISECONDS = 10 * 60_000;
/** The shortest session that STS gives: it is used for one call. */
const MUTATION_SECONDS = 900;

export interface SpokeSessions {
  /** Credentials for reads: one session per account, kept for about 50 minutes. */
  forAccount(account: string): Promise<SpokeCredentials>;
  /** Has the next read assume the role anew: a role that was made anew under its name does not bring its sessions back. */
  forget(account: string): void;
  /** Credentials for one mutating call: a session that its policy narrows to that call. It is not kept. */
  narrowedTo(account: string, policy: object, abortSignal: AbortSignal): Promise<SpokeCredentials>;
}

interface SpokeSessionsOptions {
  readonly role: SpokeRole;
  readonly clock: Clock;
  readonly sts?: STSClientConfig;
}

/** Calls the STS of the function's own Region. Fails with STS's error names, e.g. `AccessDenied` where the role does not trust the hub. */
export function createSpokeSessions({ role, clock, sts: config }: SpokeSessionsOptions): SpokeSessions {
  const sts = lightenClient(
    new STSClient({
      maxAttempts: 2,
      cacheMiddleware: true,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
      ...config,
    }),
  );
  const sessions = new Map<string, Promise<SpokeCredentials>>();

  const assume = async (account: string, seconds: number, policy?: object, abortSignal?: AbortSignal) => {
    const command = new AssumeRoleCommand({
      RoleArn: `arn:${role.partition}:iam::${account}:role/${role.name}`,
      RoleSessionName: spokeSessionName(role.functionName),
      ExternalId: role.externalId,
      DurationSeconds: seconds,
      ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
    });
    const { Credentials } = await sts.send(command, abortSignal === undefined ? {} : { abortSignal });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
      throw namedError('IncompleteAnswer', `STS gave no credentials for ${account}`);
    }
    const expiration = Expiration ?? new Date(clock.now().getTime() + seconds * 1000);
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration };
  };

  const isFresh = (session: SpokeCredentials): boolean =>
    session.expiration.getTime() - clock.now().getTime() > REFRESH_BEFORE_MILLISECONDS;

  return {
    async forAccount(account) {
      const kept = sessions.get(account);
      const session = await kept;
      if (session !== undefined && isFresh(session)) return session;
      // Another caller may have begun to refresh the session while this one waited.
      const current = sessions.get(account);
      if (current !== undefined && current !== kept) return current;
      const next = assume(account, READ_SECONDS);
      sessions.set(account, next);
      next.catch(() => {
        if (sessions.get(account) === next) sessions.delete(account);
      });
      return next;
    },
    forget: (account) => void sessions.delete(account),
    narrowedTo: (account, policy, abortSignal) => assume(account, MUTATION_SECONDS, policy, abortSignal),
  };
}
