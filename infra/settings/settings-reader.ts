/** Reads named members of what the CDK context holds, and keeps what is wrong with them until all were read. */
export class SettingsReader {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();
  readonly #problems: string[] = [];

  constructor(context: unknown) {
    this.#members = this.#membersOf(context);
  }

  /** The member under its own name, to be spread into an object; nothing where it is absent. */
  text<Name extends string>(name: Name, pattern: RegExp, what: string): { readonly [Key in Name]?: string } {
    const value = this.#take(name);
    if (value === undefined) return {};
    if (typeof value === 'string' && pattern.test(value)) return { [name]: value } as { [Key in Name]?: string };
    this.problem(`${name}: ${JSON.stringify(value)} is not ${what}`);
    return {};
  }

  texts(name: string, pattern: RegExp, what: string): readonly string[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) {
      this.problem(`${name}: ${JSON.stringify(value)} is not a list`);
      return [];
    }
    for (const one of value) {
      if (typeof one !== 'string' || !pattern.test(one)) {
        this.problem(`${name}: ${JSON.stringify(one)} is not ${what}; ids need quotes`);
      }
    }
    return [...new Set(value.map(String))].sort();
  }

  integer(name: string, { least, most, absent }: { least: number; most: number; absent: number }): number {
    const value = this.#take(name) ?? absent;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.problem(`${name}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}`);
    return absent;
  }

  /** Absent = false. */
  flag(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value === 'boolean') return value;
    this.problem(`${name}: ${JSON.stringify(value)} is neither true nor false`);
    return false;
  }

  /** Members of a setting that is itself an object; undefined where it is absent. Its problems are told with the others. */
  inside<Inner>(name: string, read: (reader: SettingsReader) => Inner): Inner | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const reader = new SettingsReader(value);
    const inner = read(reader);
    for (const text of reader.problems()) this.problem(`${name}.${text}`);
    return inner;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Also tells of members that nobody read: a setting with a typo must not look as if it were set. */
  problems(): readonly string[] {
    for (const name of Object.keys(this.#members)) {
      if (!this.#read.has(name))
        this.problem(`${name}: there is no such setting; there are ${[...this.#read].join(', ')}`);
    }
    return this.#problems;
  }

  refuseProblems(): void {
    const problems = this.problems();
    if (problems.length > 0) {
      throw Object.assign(new Error(`The context "liftlock" is not usable: ${problems.join('; ')}.`), {
        name: 'InvalidSettings',
      });
    }
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#members[name] ?? undefined;
  }

  /** `-c liftlock=…` of the CDK CLI gives text, cdk.json gives an object. */
  #membersOf(context: unknown): Readonly<Record<string, unknown>> {
    if (context === undefined || context === null) return {};
    if (typeof context === 'object' && !Array.isArray(context)) return context as Record<string, unknown>;
    if (typeof context === 'string') {
      try {
        return this.#membersOf(JSON.parse(context));
      } catch {
        this.problem(`${context} is not JSON`);
        return {};
      }
    }
    this.problem(`${JSON.stringify(context)} is not an object`);
    return {};
  }
}
