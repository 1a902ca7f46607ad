import type { KubernetesObject } from '../../objects/object-metadata.ts';
import { ageOf } from './age.ts';

export type Cell = string | number;

/** A column of a `Table`, with its cell for an object. */
export interface Column<T> {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly format: '' | 'name';
  readonly description: string;
  /** 1 is shown only with `-o wide`. */
  readonly priority: 0 | 1;
  readonly cell: (object: T, now: number) => Cell;
}

export function column<T>(
  name: string,
  description: string,
  cell: Column<T>['cell'],
  options: Partial<Pick<Column<T>, 'type' | 'priority'>> = {},
): Column<T> {
  return { name, type: 'string', format: '', description, priority: 0, ...options, cell };
}

export const wide = { priority: 1 } as const;
export const integer = { type: 'integer' } as const;

export const nameColumn: Column<KubernetesObject> = {
  ...column<KubernetesObject>('Name', 'Name of the object.', ({ metadata }) => metadata.name),
  format: 'name',
};

export const ageColumn: Column<KubernetesObject> = column('Age', 'Time since its creation.', ({ metadata }, now) =>
  ageOf(metadata.creationTimestamp, now),
);
