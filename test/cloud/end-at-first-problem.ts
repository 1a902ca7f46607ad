import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { functionFaults, missingPermissions } from './cloud-problems.ts';

/** Ends a run whose outcome is known. */
export class EndedEarly extends Error {
  override readonly name = 'EndedEarly';
}

const EVERY_SECONDS = 60;

/** Ends the run, in whatever runs the clock, soon after the cloud has something to complain of that time does not mend. */
export function endAtFirstProblem(cloud: LocalCloud, notes: readonly string[], denialsBefore = 0): void {
  cloud.time.after(EVERY_SECONDS, async () => {
    const denials = cloud.authority.iam.denials().length;
    // What is denied is looked at anew only then: the report goes through every policy.
    const missing = denials > denialsBefore ? missingPermissions(cloud) : [];
    const [problem] = [...missing, ...functionFaults(cloud), ...notes];
    if (problem !== undefined) throw new EndedEarly(problem);
    endAtFirstProblem(cloud, notes, denials);
  });
}
