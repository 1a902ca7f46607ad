/** A refused request; equal refusals are counted. */
export interface Denial {
  /** ARN of the role or user, or the service's name. */
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** The action in progress, e.g. `lambda liftlock-scan-cluster`. */
  readonly where: string;
  readonly why: string;
  readonly count: number;
}

/** An allowed access of a role. */
export type Usage = Pick<Denial, 'role' | 'action' | 'resource' | 'count'>;

/** Plain JSON. */
export interface AccessRecordState {
  readonly denials: readonly Denial[];
  readonly usage: readonly Usage[];
  readonly problems: readonly string[];
}

/** The decided accesses, for reports on missing and unneeded permissions. */
export class AccessRecord {
  readonly #denials: Map<string, Denial>;
  readonly #usage: Map<string, Usage>;
  readonly #problems: Set<string>;

  constructor(state?: AccessRecordState) {
    this.#denials = new Map(state?.denials.map((denial) => [denialKey(denial), denial]));
    this.#usage = new Map(state?.usage.map((usage) => [usageKey(usage), usage]));
    this.#problems = new Set(state?.problems);
  }

  addDenial(denial: Omit<Denial, 'count'>): void {
    const key = denialKey(denial);
    this.#denials.set(key, { ...denial, count: (this.#denials.get(key)?.count ?? 0) + 1 });
  }

  addUsage(usage: Omit<Usage, 'count'>): void {
    const key = usageKey(usage);
    this.#usage.set(key, { ...usage, count: (this.#usage.get(key)?.count ?? 0) + 1 });
  }

  addProblems(problems: Iterable<string>): void {
    for (const problem of problems) this.#problems.add(problem);
  }

  denials(): Denial[] {
    return [...this.#denials.values()];
  }

  usage(): Usage[] {
    return [...this.#usage.values()];
  }

  /** Unsupported policy elements and missing condition keys, each once. */
  problems(): string[] {
    return [...this.#problems];
  }

  state(): AccessRecordState {
    return { denials: this.denials(), usage: this.usage(), problems: this.problems() };
  }
}

function usageKey({ role, action, resource }: Omit<Usage, 'count'>): string {
  return `${role} ${action} ${resource}`;
}

function denialKey({ role, action, resource, where, why }: Omit<Denial, 'count'>): string {
  return [role, action, resource, where, why].join('\n');
}
