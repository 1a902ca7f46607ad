interface Statement {
  readonly [element: string]: unknown;
}

/** Policies of queues, topics, tables, buses and functions, by the ARN of what they belong to. */
export class ResourcePolicies {
  readonly #policies = new Map<string, { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] }>();

  /** Adds the statements of a document, or one statement: a function's permissions come one by one. */
  add(resourceArn: string, document: unknown): void {
    const { Statement: given = document } = document as { Statement?: unknown };
    const statements = (Array.isArray(given) ? given : [given]) as Statement[];
    const before = this.#policies.get(resourceArn)?.Statement ?? [];
    this.#policies.set(resourceArn, { Version: '2012-10-17', Statement: [...before, ...statements] });
  }

  /**
   * The policy of a resource, or of what contains it: an index has its table's, an object of a bus its bus's. The same object until something
   * is added.
   */
  of(resourceArn: string): object | undefined {
    return this.#policies.get(resourceArn.replace(/\/(?:index|stream)\/.*$/, ''));
  }
}
