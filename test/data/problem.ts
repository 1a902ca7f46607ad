import type { DataTables } from '../../core/scan/data/data-tables.ts';

/** Something that the data says and that cannot be right. */
export interface DataProblem {
  readonly table: keyof DataTables;
  /** Which entry: `apps/v1beta1 Deployment`, `al2-ami`, `cert-manager`. */
  readonly entry: string;
  /** What is wrong with it, as a sentence. */
  readonly message: string;
}

/** `apps/v1beta1 Deployment`, as apiVersion and kind stand in a manifest; `v1 Endpoints` for the core group. */
export function kindName({ group, version, kind }: { group: string; version: string; kind: string }): string {
  return `${group === '' ? version : `${group}/${version}`} ${kind}`;
}
