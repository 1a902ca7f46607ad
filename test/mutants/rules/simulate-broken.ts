import { parentPort, workerData } from 'node:worker_threads';
import { VETOES } from '../../../core/protocol/vetoes.ts';
import { runJob } from '../../simulation/many/run-job.ts';
import { type BrokenRule, breakRule } from './broken-rule.ts';

/** Small worlds that one worker simulates under a broken rule, or under none, up to the first in which something is noticed. */
export interface Search {
  readonly broken?: BrokenRule;
  readonly firstSeed: number;
  readonly runs: number;
}
export interface Noticed {
  readonly seed: number;
  readonly problem: string;
}

const { broken, firstSeed, runs } = workerData as Search;
if (broken !== undefined) breakRule(VETOES, broken);
parentPort?.postMessage(await search());

async function search(): Promise<Noticed | undefined> {
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const { problems } = await runJob({ seed, clusters: 3 + (seed % 4), faults: 'heavy', target: '1.37' });
    const [problem] = problems;
    if (problem !== undefined) return { seed, problem };
  }
  return undefined;
}
