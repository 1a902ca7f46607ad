import type { Assembly, Template } from '../../../simulator/cloud/template/assembly.ts';

export const KINDS = [
  'permission',
  'trust',
  'resource-policy',
  'pattern',
  'rule',
  'target',
  'substitution',
  'variable',
  'index',
  'event-source',
  'route',
  'schedule',
] as const;
export type Kind = (typeof KINDS)[number];

/** Where something is in a template: names of members, numbers of items. */
export type Path = readonly (string | number)[];

/** One fault in what infra/ makes: something that is not there. */
export interface Mutation {
  /** The same as long as what it drops has its name: for the table of survivors, and to run it again. */
  readonly id: string;
  readonly kind: Kind;
  /** What one cause has to say, all of it, to lead whoever reads it to the fault. */
  readonly named: readonly string[];
  /** The assembly without it; the given one stays as it is. Assets are shared. */
  apply(assembly: Assembly): Assembly;
}

/** What is dropped, in one stack. */
export interface Fault extends Omit<Mutation, 'apply'> {
  readonly stack: string;
  /** None is inside another one. */
  readonly dropped: readonly Path[];
}

export function mutationOf({ stack, dropped, ...mutation }: Fault): Mutation {
  return {
    ...mutation,
    apply(assembly) {
      const template = assembly.templates.get(stack);
      if (template === undefined) throw new Error(`${mutation.id}: the assembly holds no stack ${stack}`);
      const changed = structuredClone(template);
      for (const path of lastFirst(dropped)) drop(changed, path);
      return { ...assembly, templates: new Map([...assembly.templates, [stack, changed]]) };
    },
  };
}

/** Items of one list from its end, so that those still to be dropped keep their numbers. */
const lastFirst = (paths: readonly Path[]): Path[] => paths.toSorted((left, right) => numberOf(right) - numberOf(left));

function numberOf(path: Path): number {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
}

function drop(template: Template, path: Path): void {
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], template);
  if (Array.isArray(holder) && typeof last === 'number' && last < holder.length) holder.splice(last, 1);
  else if (isObject(holder) && typeof last === 'string' && Object.hasOwn(holder, last)) delete holder[last];
  else throw new Error(`there is nothing at ${path.join('/')}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
