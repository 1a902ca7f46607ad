import { apiRows } from '../data/api-rows.ts';
import { apiRow } from '../data/api-table.ts';
import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { ClusterFacts } from '../reference/cluster-facts.ts';
import type { ServedResource } from './discovery.ts';
import { statementsOf } from './statements.ts';

/** Workloads whose change may mean that a client was replaced. */
const WORKLOADS = new Set(['apps/deployments', 'apps/daemonsets', 'apps/statefulsets']);

/** Whether somebody may call a version of this kind that is given up: then its writers at good versions are worth knowing. */
export const hasOldVersions = ({ group, kind }: Pick<ServedResource, 'group' | 'kind'>): boolean =>
  kindsWithOldVersions.has(`${group}/${kind}`);

const kindsWithOldVersions: ReadonlySet<string> = new Set(apiRows.map(({ group, kind }) => `${group}/${kind}`));

/**
 * Notes when each manager last wrote an object of a kind at a version that stays, and when each workload was last changed: what tells a
 * client that has been repaired from one that has not been seen for a while (facts: deprecated-apis.md §1.6).
 */
export function noteChanges(item: Mapping, resource: ServedResource, facts: ClusterFacts): void {
  const isWorkload = WORKLOADS.has(`${resource.group}/${resource.resource}`);
  if (!isWorkload && !hasOldVersions(resource)) return;
  const metadata = mappingOf(item.metadata);
  const statements = statementsOf(resource.kind, metadata);
  if (isWorkload) {
    const name = textOf(metadata.name) ?? '';
    for (const { subresource, time } of statements) {
      if (subresource === '')
        note(facts, { name, time, what: `${resource.kind} ${textOf(metadata.namespace) ?? ''}/${name} was changed` });
    }
  }
  if (!hasOldVersions(resource)) return;
  for (const { apiVersion, kind, manager, time, operation } of statements) {
    const { group, version } = groupVersion(apiVersion);
    if (operation === 'annotation' || apiRow(group, version, kind) !== undefined) continue;
    note(facts, { name: manager, time, what: `wrote ${kind} objects at ${apiVersion}`, kind });
  }
}

function note(facts: ClusterFacts, change: ClusterFacts['changes'][string]): void {
  const key = `${change.name} ${change.what}`;
  const known = facts.changes[key];
  if (change.time !== '' && (known === undefined || change.time > known.time)) facts.changes[key] = change;
}
