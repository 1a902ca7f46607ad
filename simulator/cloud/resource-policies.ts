interface Statement {
  readonly [element: string]: unknown;
}

/** Policies of queues, topics, tables, buckets, buses and functions, by the ARN of their resource. */
export class ResourcePolicies {
  readonly #policies = new Map<string, { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] }>();

  /** Adds the statements of a document, or one statement, because a function's permissions come one by one. */
  add(resourceArn: string, document: unknown): void {
    const { Statement: given = document } = document as { Statement?: unknown };
    const statements = (Array.isArray(given) ? given : [given]) as Statement[];
    const before = this.#policies.get(resourceArn)?.Statement ?? [];
    this.#policies.set(resourceArn, { Version: '2012-10-17', Statement: [...before, ...statements] });
  }

  /**
   * The policy of a resource or of its container: an index has its table's, an object its bucket's. It is the same object until a statement is added.
   */
  of(resourceArn: string): object | undefined {
    return this.#policies.get(ownerOf(resourceArn));
  }

  /** Removes the whole policy of a resource, as a user with that permission can. */
  remove(resourceArn: string): void {
    this.#policies.delete(resourceArn);
  }
}

const ownerOf = (arn: string): string =>
  arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? '') : arn.replace(/\/(?:index|stream)\/.*$/, '');
