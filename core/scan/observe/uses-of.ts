import { apiRow } from '../data/api-table.ts';
import { customResource } from '../data/custom-resources.ts';
import { unservedKind } from '../data/unserved-kinds.ts';
import type { ApiUse } from '../judge/observation.ts';
import { groupVersion } from './api-version.ts';

/** What the tables have to say about a kind at a version, if anything: without that, nearly always, there is nothing to judge. */
export function usesOf({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string;
  readonly kind: string;
}): Pick<ApiUse, 'type'>[] {
  const { group, version } = groupVersion(apiVersion);
  const isKnown = [apiRow, customResource, unservedKind].some((row) => row(group, version, kind) !== undefined);
  return isKnown ? [{ type: 'api' }] : [];
}
