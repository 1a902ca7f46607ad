import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { clock, grant, intent, KEY, keep, NOON, upgrade, waves } from '../../test/material/protocol/one-upgrade.ts';
import { reason } from '../contracts/step-result.ts';
import { ClusterControls, Members, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { settleUpgrade } from './settle.ts';

const accepted = { type: 'accepted' as const, updateId: 'u', at: NOON.toISOString() };

test.each([false, true])(
  'an execution of the undo that is stopped from outside parks it, holds nothing, and fails no hop (has it called: %s)',
  async (mutated) => {
    const table = new MemoryTable();
    const {
      rolloutId: _,
      waveIndex: __,
      ...byHand
    } = upgrade({ id: 'undo-1.36-1.37', machine: 'restore-nodes', from: '1.37', mutated });
    await keep(table, {
      grant: grant({ status: 'closing', upgradeId: 'undo-1.36-1.37', machine: 'restore-nodes', capKeys: [] }),
      upgrades: [
        byHand,
        // The hop that has left it is in its bake.
        upgrade({ status: 'Parked', mutated: true, reasons: [{ code: 'Baking', message: 'It bakes.' }] }),
      ],
      intents: mutated
        ? [
            intent({
              step: 'restore-update-config',
              subject: 'workers',
              upgradeId: 'undo-1.36-1.37',
              outcome: accepted,
            }),
          ]
        : [],
      waves: waves.map((one) => (one.index === 1 ? { ...one, inFlight: 1 } : one)),
      member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Parked', inFlight: true }),
    });
    const events = { publish: async () => undefined };
    const why = reason('StoppedFromOutside', 'The execution ended ABORTED without concluding.');
    await settleUpgrade({ table, clock, events }, KEY, 1, { status: 'stopped', reasons: [why] });
    expect({
      undo: (await load(table, Upgrades, KEY, 'undo-1.36-1.37'))?.data.status,
      hop: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data.status,
      member: (await load(table, Members, 'r', 1, KEY))?.data.status,
      wave: (await load(table, Waves, 'r', 1))?.data.status,
      held: (await load(table, ClusterControls, KEY))?.data.held?.reason.code,
    }).toEqual({ undo: 'Parked', hop: 'Parked', member: 'Parked', wave: 'Open', held: undefined });
  },
);
