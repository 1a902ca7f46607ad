import type { GateReading } from '../contracts/items/gate.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { waveNamed } from '../policy/wave-of.ts';
import type { Clock } from '../ports/clock.ts';
import type { GateReader } from '../ports/gates.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Events wake the reconciler more often; a gate is not asked again within this. */
const AT_MOST_EVERY_MILLISECONDS = 30_000;

/** Reads the gates of every wave that soaks, as `<rolloutId>/<waveIndex>`. */
export async function readGates(
  ports: { readonly gates: GateReader; readonly clock: Clock },
  snapshot: FleetSnapshot,
): Promise<ReadonlyMap<string, readonly GateReading[]>> {
  const now = ports.clock.now().getTime();
  const watched = snapshot.waves.flatMap((wave) => {
    const gates = gatesOf(snapshot, wave);
    const checked = wave.gates === undefined ? 0 : Date.parse(wave.gates.checkedAt);
    return gates.length === 0 || now - checked < AT_MOST_EVERY_MILLISECONDS ? [] : [{ wave, gates }];
  });
  const hosts = snapshot.fleet?.allowedHosts ?? [];
  return new Map(
    await Promise.all(
      watched.map(
        async ({ wave, gates }) =>
          [
            `${wave.rolloutId}/${wave.index}`,
            await Promise.all(gates.map((gate) => ports.gates.read(gate, hosts))),
          ] as const,
      ),
    ),
  );
}

function gatesOf(snapshot: FleetSnapshot, wave: Wave) {
  if (wave.status !== 'Soaking') return [];
  const rollout = snapshot.rollouts.find(({ id }) => id === wave.rolloutId);
  const policy = rollout === undefined ? undefined : snapshot.policies.get(rollout.policy)?.policy;
  return waveNamed(policy, wave.name)?.gates ?? [];
}
