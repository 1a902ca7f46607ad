import { parseArgs } from 'node:util';
import { readAssembly } from '../../../simulator/cloud/template/assembly.ts';
import { readRecording } from '../recording.ts';
import { smallRun } from '../small-run.ts';
import { differences } from './differences.ts';
import { mutationsOf } from './mutations.ts';
import type { Verdict } from './verdict.ts';

/** `node run-mutation.ts --assembly FOLDER --mutation ID`: one mutation in a process of its own. One line of JSON; without an ID the assembly as it is. */
const { assembly: folder = '', mutation: id = '' } = parseArgs({
  options: { assembly: { type: 'string' }, mutation: { type: 'string' } },
}).values;
const began = performance.now();
const assembly = readAssembly(folder);
const mutation = mutationsOf(assembly).find((one) => one.id === id);
if (mutation === undefined && id !== '') throw new Error(`There is no mutation ${id}.`);
const { problems, ended, recording } = await smallRun(mutation?.apply(assembly) ?? assembly, {
  endsAtFirstProblem: true,
});
const causes = [...problems, ...differences(readRecording(), recording, ended)];
// Such a run shows nothing: the mutation would be said to have survived.
if (!ended && causes.length === 0) throw new Error(`${id} ended the run before its time, and nothing says why.`);
const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
const verdict: Verdict = { id, killed: causes.length > 0, causes, seconds };
console.log(JSON.stringify(verdict));
