import { Hono } from 'hono';
import type { z } from 'zod';
import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import { loadLivingRecords } from '../../../core/inventory/records.ts';
import { shortId } from '../../../core/model/cluster-key.ts';
import { checkAccess } from '../../../core/operations/check-access.ts';
import { loadFleetInForce } from '../../../core/policy/applied.ts';
import { unnamedIn } from '../../../core/policy/cluster-tags.ts';
import { accessManifest, RBAC } from '../../../core/queries/access-manifest.ts';
import { findCluster } from '../../../core/queries/find-cluster.ts';
import { fleetStatus } from '../../../core/queries/fleet-status.ts';
import { type Page, pageOf, shortened } from '../../../core/queries/page.ts';
import { wrongState } from '../../../core/queries/refusal.ts';
import type { ApiContext, ApiEnv, Query } from '../api-context.ts';
import { clusterQuery, manifestQuery, readQuery } from '../request-query.ts';

/** `/v1/access` tells what Liftlock can read of the clusters, and what to grant so that it can read the rest. */
export const access = new Hono<ApiEnv>()
  .get('/check', async (context: ApiContext<'/check', Query<typeof clusterQuery>>) => {
    const { items, ...rest } = await chosen(context, readQuery(context, clusterQuery));
    const { ports } = context.var;
    const reports = await checkAccess(ports, items);
    // A report may be longer than the record by which the page was chosen.
    return context.json(shortened({ items: reports, ...rest }, ({ cluster }) => cluster));
  })
  .get('/manifest', async (context: ApiContext<'/manifest', Query<typeof manifestQuery>>) => {
    const { tier = 'look', ...which } = readQuery(context, manifestQuery);
    const { items, ...rest } = await chosen(context, which);
    const { ports } = context.var;
    const { spec } = await fleetStatus(ports);
    if (spec === null) {
      const text = 'No Fleet is applied, so the name of the role is not known. Run: liftlock apply -f fleet.yaml';
      throw wrongState(text);
    }
    const { namespace } = spec.hooks?.jobs ?? {};
    if (tier === 'hooks' && namespace === undefined) {
      const text =
        'The Fleet lets hooks run no Jobs. Name their namespace, service account and images in spec.hooks.jobs of the Fleet first (docs/hooks.md).';
      throw wrongState(text);
    }
    const manifests = items.map((record) => accessManifest(record, (ports.spokeRole ?? spec.spokeRole).name, tier));
    return context.json({ rbac: RBAC[tier](namespace ?? ''), items: manifests, ...rest });
  });

/** The cluster of `?cluster=`, or a page of all clusters that exist. */
async function chosen(
  context: ApiContext,
  { cluster, limit = 200, after }: z.infer<typeof clusterQuery>,
): Promise<Page<ClusterRecord>> {
  const { table } = context.var.ports;
  if (cluster !== undefined) return { items: [await findCluster(table, cluster)] };
  const [living, fleet] = await Promise.all([loadLivingRecords(table), loadFleetInForce(table)]);
  // Liftlock leaves clusters alone that the Fleet does not name, so it needs no access to them.
  const own = living.filter((record) => fleet === undefined || unnamedIn(fleet, record) === undefined);
  return pageOf(own, shortId, { limit, after });
}
