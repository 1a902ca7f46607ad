import { type Simulation, simulation } from '../../simulator/simulate/run/simulation.ts';
import { readPrinted } from '../verbs/read-printed.ts';

/** A run as `simulate` has left it behind. Exit 2 for anything else. */
export const readReplay = (path: string): Promise<Simulation> =>
  readPrinted(path, simulation, {
    what: 'a run of this release',
    give: 'Give the simulation-SEED.json that liftlock simulate wrote when a run broke an invariant.',
  });
