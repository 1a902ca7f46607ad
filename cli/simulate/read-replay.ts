import { didYouMean } from '../../core/config/did-you-mean.ts';
import { type ConfigFile, readYaml } from '../../core/config/read-yaml.ts';
import { visible } from '../../core/model/visible.ts';
import { prepareSimulation } from '../../simulator/simulate/run/prepare-simulation.ts';
import { type Simulation, simulation } from '../../simulator/simulate/run/simulation.ts';
import { type UnknownName, unknownNames } from '../../simulator/simulate/run/unknown-names.ts';
import type { Failure } from '../failure.ts';
import { notUsable, parsePrinted } from '../verbs/read-printed.ts';
import { readText } from '../verbs/read-text.ts';
import { refused } from './refused.ts';

/** So many names show what they look like. */
const MOST_NAMES = 5;

/** A run as `simulate` has left it behind, with no name that its fleet does not have. Exit 2 for anything else. */
export async function readReplay(path: string): Promise<Simulation> {
  const file = { path, text: await readText(path) };
  const replay = parsePrinted(file, simulation, {
    what: 'a run of this release',
    give: 'Give the simulation-SEED.json that liftlock simulate wrote when a run broke an invariant.',
  });
  const { seed, fleet } = replay;
  const unknown = unknownNames(replay, await prepareSimulation({ seed, fleet }).catch(refused));
  if (unknown.length > 0) throw notInFleet(file, unknown);
  return replay;
}

function notInFleet(file: ConfigFile, unknown: readonly UnknownName[]): Failure {
  const [document] = readYaml(file, file.text.length).documents;
  const issues = unknown.flatMap((one) => document?.issue('error', one.path, wordsOf(one)) ?? []);
  return notUsable(
    issues,
    `liftlock: ${visible(file.path)} names what is not in its fleet, so that it would prove nothing. Correct the names above.`,
  );
}

function wordsOf({ kind, name, known }: UnknownName): string {
  const meant = didYouMean(name, known);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  const more = known.length > MOST_NAMES ? `, and ${known.length - MOST_NAMES} more` : '';
  return `there is no ${kind} "${name}" in the fleet.${hint} It has ${known.slice(0, MOST_NAMES).join(', ')}${more}.`;
}
