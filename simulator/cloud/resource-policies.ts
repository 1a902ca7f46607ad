interface Statement {
  readonly [element: string]: unknown;
}

/** Policies of queues, topics, tables, buses and functions, by the ARN of what they belong to. */
export class ResourcePolicies {
  readonly #statements = new Map<string, Statement[]>();

  /** Adds the statements of a document, or one statement: a function's permissions come one by one. */
  add(resourceArn: string, document: unknown): void {
    const { Statement: given = document } = document as { Statement?: unknown };
    const statements = (Array.isArray(given) ? given : [given]) as Statement[];
    this.#statements.set(resourceArn, [...(this.#statements.get(resourceArn) ?? []), ...statements]);
  }

  /** The policy of a resource, or of what contains it: an index has its table's, an object of a bus its bus's. */
  of(resourceArn: string): object | undefined {
    const found = this.#statements.get(resourceArn.replace(/\/(?:index|stream)\/.*$/, ''));
    return found && { Version: '2012-10-17', Statement: found };
  }
}
