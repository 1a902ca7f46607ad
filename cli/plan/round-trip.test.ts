import { parseInventory } from '../../core/inventory/document/parse-inventory.ts';
import type { PlanDocument } from '../../core/plan/document/plan-schema.ts';
import { written } from '../../test/material/cli/plan-files.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { FLEET_YAML, servedWorld } from '../../test/material/cli/served-world.ts';

test.each(['yaml', 'json'])('what get clusters -o %s prints is an inventory that plan takes whole', async (format) => {
  const served = await servedWorld();
  try {
    const { code, out } = await runInProcess(['get', 'clusters', '-o', format], { url: served.url });
    expect(code).toBe(0);
    const { inventory, errors } = parseInventory({ path: 'inventory', text: out });
    expect(errors).toEqual([]);
    expect(inventory?.complete).toBe(true);
    expect(inventory?.clusters.map(({ name, tags }) => [name, tags])).toContainEqual([
      'twin',
      { env: 'prod', 'liftlock/paused': 'true' },
    ]);
    expect(inventory?.clusters[0]?.addons.map(({ name }) => name)).toContain('coredns');
    const path = written({ 'fleet.yaml': FLEET_YAML, inventory: out });
    const ran = await runInProcess([
      ...['plan', '-f', path('fleet.yaml'), '--inventory', path('inventory')],
      ...['--now', '2026-11-20T08:00:00Z', '-o', 'json'],
    ]);
    expect(ran.code).toBe(0);
    const { waves, excluded, binding } = JSON.parse(ran.out) as PlanDocument;
    const planned = waves.flatMap(({ clusters }) => clusters.map(({ name }) => name));
    expect([planned.sort(), binding]).toEqual([['shop', 'web'], true]);
    expect(excluded.map(({ name, region, reason }) => [name, region, reason])).toEqual([
      ['twin', 'eu-central-1', 'Paused'],
      ['twin', 'us-east-1', 'Pinned'],
    ]);
  } finally {
    await served.close();
  }
});
