import type { RoleDescription } from '../../iam/principals/principal.ts';

/** The modelled part of CreateFunction's input. */
export interface FunctionInput {
  readonly FunctionName: string;
  readonly Runtime: string;
  readonly Role: string;
  readonly Handler: string;
  /** A zip, base64. */
  readonly Code: { readonly ZipFile: string };
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Tags?: Readonly<Record<string, string>>;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

export interface KeptByHand {
  readonly roles: readonly RoleDescription[];
  /** By ARN, like the tags. */
  readonly functions: readonly (readonly [string, FunctionInput])[];
  readonly tags: readonly (readonly [string, Readonly<Record<string, string>>])[];
}

/** Functions, roles and tags that users created beside the stacks; a restart restores them. The runner keeps state machines. */
export class MadeByHand {
  readonly roles = new Map<string, RoleDescription>();
  readonly functions = new Map<string, FunctionInput>();
  /** Folders of the functions' code while the cloud runs; they are removed with it. */
  readonly folders: string[] = [];
  readonly #tags = new Map<string, Readonly<Record<string, string>>>();
  onChange: (kept: KeptByHand) => void = () => {};

  restore({ roles, functions, tags }: KeptByHand): void {
    for (const role of roles) this.roles.set(role.arn, role);
    for (const [arn, input] of functions) this.functions.set(arn, input);
    for (const [arn, own] of tags) this.#tags.set(arn, own);
  }

  tagsOf(arn: string): Readonly<Record<string, string>> {
    return this.#tags.get(arn) ?? {};
  }

  tag(arn: string, more: Readonly<Record<string, string>> = {}): void {
    this.#tags.set(arn, { ...this.tagsOf(arn), ...more });
    this.keep();
  }

  keep(): void {
    this.onChange({ roles: [...this.roles.values()], functions: [...this.functions], tags: [...this.#tags] });
  }
}
