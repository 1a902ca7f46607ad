import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { namedError } from '../../../core/contracts/errors.ts';
import { remembered } from '../../../core/model/remembered.ts';
import type { Clock } from '../../../core/ports/outside.ts';
import { readLimits } from '../request-limits.ts';

export interface WebhookSecrets {
  /** The whole current value. Fails with the errors of Secrets Manager, or with `SecretEmpty`. */
  valueOf(arn: string, signal: AbortSignal): Promise<Buffer>;
}

/** A rotated secret is used after this time at the latest. */
const KEEP_MILLISECONDS = 5 * 60_000;

/** Values stay in the memory of the function; nothing logs or stores them. */
export function createWebhookSecrets({ clock }: { readonly clock: Clock }): WebhookSecrets {
  const kept = new Map<string, { readonly until: number; readonly value: Promise<Buffer> }>();

  const clientIn = remembered((region: string) => new SecretsManagerClient({ ...readLimits, region }));

  async function read(arn: string, signal: AbortSignal): Promise<Buffer> {
    const command = new GetSecretValueCommand({ SecretId: arn });
    const { SecretString, SecretBinary } = await clientIn(arn.split(':')[3] ?? '').send(command, {
      abortSignal: signal,
    });
    const value = SecretString === undefined ? Buffer.from(SecretBinary ?? []) : Buffer.from(SecretString, 'utf8');
    if (value.length === 0) throw namedError('SecretEmpty', 'the secret has no value');
    return value;
  }

  return {
    valueOf(arn, signal) {
      const now = clock.now().getTime();
      const known = kept.get(arn);
      if (known !== undefined && now < known.until) return known.value;
      // A caller that comes while the secret is being read waits for the same reading: one look asks many queries at once.
      const value = read(arn, signal);
      kept.set(arn, { until: now + KEEP_MILLISECONDS, value });
      // A secret that cannot be read is not kept, and no older value is used any longer: somebody may have taken the permission away.
      value.catch(() => {
        if (kept.get(arn)?.value === value) kept.delete(arn);
      });
      return value;
    },
  };
}
