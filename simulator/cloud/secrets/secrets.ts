import { createHash } from 'node:crypto';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value?: string;
  readonly version: number;
}

export type KeptSecrets = readonly Secret[];

/** Secrets that users created by hand; a restart restores them. */
export class Secrets {
  readonly #all = new Map<string, Secret>();
  onChange: (kept: KeptSecrets) => void = () => {};

  restore(kept: KeptSecrets): void {
    for (const secret of kept) this.#all.set(secret.arn, secret);
  }

  put(secret: Secret): void {
    this.#all.set(secret.arn, secret);
    this.onChange([...this.#all.values()]);
  }

  /** Finds a secret by its ARN, or by its name in the caller's account and Region. */
  find(id: string, { account, region }: Pick<OperationContext, 'account' | 'region'>): Secret | undefined {
    if (id.startsWith('arn:')) return this.#all.get(id);
    const beginning = `arn:aws:secretsmanager:${region}:${account}:secret:`;
    return [...this.#all.values()].find(({ arn, name }) => name === id && arn.startsWith(beginning));
  }
}

/** Secrets Manager as far as a webhook's secret needs it: create, change and read. Values are text. */
export function secretOperations(secrets: Secrets): Operations {
  const existing = (id: string, context: OperationContext): Secret => {
    const found = secrets.find(id, context);
    if (found === undefined)
      throw new AwsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  };
  const named = ({ arn: ARN, name: Name, version }: Secret) => ({ ARN, Name, VersionId: versionId(ARN, version) });
  return {
    CreateSecret: (
      { Name: name, SecretString: value }: { Name: string; SecretString?: string },
      context: OperationContext,
    ) => {
      if (secrets.find(name, context) !== undefined)
        throw new AwsFault(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      const { account, region } = context;
      const suffix = createHash('sha256').update(`${account}/${region}/${name}`).digest('hex').slice(0, 6);
      const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
      const secret = { arn, name, version: 1, ...(value === undefined ? {} : { value }) };
      secrets.put(secret);
      return named(secret);
    },
    PutSecretValue: (
      { SecretId: id, SecretString: value = '' }: { SecretId: string; SecretString?: string },
      context: OperationContext,
    ) => {
      const before = existing(id, context);
      const secret = { ...before, value, version: before.version + 1 };
      secrets.put(secret);
      return { ...named(secret), VersionStages: ['AWSCURRENT'] };
    },
    GetSecretValue: ({ SecretId: id }: { SecretId: string }, context: OperationContext) => {
      const secret = existing(id, context);
      if (secret.value === undefined) {
        const text = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        throw new AwsFault('ResourceNotFoundException', text);
      }
      return { ...named(secret), SecretString: secret.value, VersionStages: ['AWSCURRENT'] };
    },
  };
}

/** A UUID like AWS's, which changes with the value. */
function versionId(arn: string, version: number): string {
  const hex = createHash('sha256').update(`${arn}/${version}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
