import type { Wave } from '../contracts/items/rollout.ts';
import { isSame } from '../model/is-same.ts';
import { goesBack } from '../policy/wave-room.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { loadWaves, Waves } from '../store/entities.ts';
import { unchanged } from '../store/entity.ts';

/**
 * Checks that these waves stay as they are now, for the transaction that rests on them. Undefined where they do not hold any more what the decision
 * needs.
 */
async function restOn(
  { table }: Pick<Ports, 'table'>,
  rolloutId: string,
  isMeant: (wave: Wave) => boolean,
  holds: (waves: readonly Wave[]) => boolean,
): Promise<WriteOperation[] | undefined> {
  const waves = (await loadWaves(table, rolloutId)).filter(({ data }) => isMeant(data));
  if (!holds(waves.map(({ data }) => data))) return undefined;
  return waves.map((wave) => unchanged(Waves, wave, rolloutId, wave.data.index));
}

/** Checks that none of these waves has moved since it was seen. */
export const stillSeen = (ports: Pick<Ports, 'table'>, rolloutId: string, seen: readonly Wave[]) =>
  restOn(
    ports,
    rolloutId,
    ({ index }) => seen.some((wave) => wave.index === index),
    (waves) => waves.every((one) => seen.some((wave) => isSame(wave, one))),
  );

/** Checks that all waves before the one that opens have passed, and that no cluster of them goes back. */
export const passedBefore = (ports: Pick<Ports, 'table'>, { rolloutId, index }: Wave) =>
  restOn(
    ports,
    rolloutId,
    (wave) => wave.index < index,
    (waves) => waves.every(({ status }) => PASSED_WAVES.includes(status)) && goesBack(waves) === undefined,
  );
