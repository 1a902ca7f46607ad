import type { Resource } from './template/resolve-stack.ts';

/**
 * Records which parts of the stacks reached which others: `schedule reconcile-rollouts → function liftlock-reconcile-rollouts`. An edge that a run
 * lacks and another one had is lost wiring, though nothing failed, because Liftlock continues without most events, only later.
 */
export class Wiring {
  readonly #names = new Map<string, string>();
  readonly #edges = new Map<string, number>();

  /** Names in a template are the same in every deployment, and ARNs are not. */
  name(resource: Pick<Resource, 'arn' | 'stack' | 'logicalId' | 'name' | 'type'>): void {
    const kind = resource.type.split('::').at(-1) ?? resource.type;
    const generated = resource.name.startsWith(`${resource.stack}-`);
    this.#names.set(resource.arn, `${kind} ${generated ? `${resource.stack}/${resource.logicalId}` : resource.name}`);
  }

  nameOf(arn: string): string {
    return this.#names.get(arn) ?? arn;
  }

  record(from: string, to: string): void {
    const edge = `${this.nameOf(from)} → ${this.nameOf(to)}`;
    this.#edges.set(edge, (this.#edges.get(edge) ?? 0) + 1);
  }

  /** Each edge once, sorted. */
  edges(): readonly string[] {
    return [...this.#edges.keys()].sort();
  }
}
