import type { RoleDescription } from '../../iam/principals/role.ts';

/** What CreateFunction says of a function, as far as it is modelled. */
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
  /** By ARN, as tags are. */
  readonly functions: readonly (readonly [string, FunctionInput])[];
  readonly tags: readonly (readonly [string, Readonly<Record<string, string>>])[];
}

/** Functions, roles and tags that people made by hand beside what the stacks have; a restart gives them back. State machines their runner keeps. */
export class MadeByHand {
  readonly roles = new Map<string, RoleDescription>();
  readonly functions = new Map<string, FunctionInput>();
  /** Where the code of functions lies while the cloud runs; it goes with that. */
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
