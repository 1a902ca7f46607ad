import type { CustomResourceRow } from './custom-resource-row.ts';
import { tables } from './tables.ts';

export const customResource = (group: string, version: string, kind: string): CustomResourceRow | undefined =>
  tables.customResources.find((row) => row.group === group && row.version === version && row.kind === kind);
