/**
 * `npm run lint`, third part: what the templates grant is what the runs in the local cloud were recorded to use (test/cloud/recorded.json),
 * and what is held in reserve for a reason. Prints each difference and exits with 1. Whether the recording is current is for
 * `npm run e2e:cloud` to say.
 */

import { readRecording } from '../cloud/recording.ts';
import { grantedActions } from './granted.ts';
import { RESERVES, reasonToKeep } from './granted-in-reserve.ts';

const granted = new Set(grantedActions());
const used = new Set(readRecording().permissions);
const problems = [
  ...[...granted]
    .filter((grant) => !used.has(grant) && reasonToKeep(...roleAndAction(grant)) === undefined)
    .map(
      (grant) =>
        `granted, and no run uses it: ${grant}. Take it away, or have it used in test/cloud/small-run.ts and recorded: npm run e2e:cloud -- --record`,
    ),
  ...[...used]
    .filter((permission) => !granted.has(permission))
    .map(
      (permission) => `recorded, and not granted any more: ${permission}. Record anew: npm run e2e:cloud -- --record`,
    ),
  ...RESERVES.flatMap(({ role, actions }) => actions.map((action) => `${role} ${action}`))
    .filter((reserve) => !granted.has(reserve) || used.has(reserve))
    .map((reserve) => `in reserve, and used or not granted: ${reserve}. Take it off the list.`),
];
for (const problem of problems) console.error(problem);
console.log(`${granted.size} grants, ${used.size} of them recorded in use. ${problems.length} findings.`);
process.exitCode = problems.length === 0 ? 0 : 1;

function roleAndAction(grant: string): [string, string] {
  const at = grant.lastIndexOf(' ');
  return [grant.slice(0, at), grant.slice(at + 1)];
}
