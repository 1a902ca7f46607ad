import { durationMilliseconds } from '../schema/quantities.ts';
import type { PolicyWith, Report } from './check.ts';

/** For how long EKS lets a control plane go back (eks.md, version rollback). */
const ROLLBACK_DAYS = 7;

/** Fields that are legal and do nothing, or less than they promise. */
export function checkEffects({ spec }: PolicyWith<'rollback' | 'waves'>, report: Report): void {
  if (spec.rollback.automatic) {
    const message = 'it is kept, and no release carries it out yet: after a failure the cluster is held for a person.';
    report('warning', ['spec', 'rollback', 'automatic'], message);
  }
  for (const [index, wave] of spec.waves.entries()) {
    const path = ['spec', 'waves', index];
    const isLast = index === spec.waves.length - 1;
    if (wave.gates.length > 0 && wave.soak === undefined && isLast) {
      const message =
        'nobody looks at them: this wave has no soak, and no wave comes after it. Give it a soak, or remove them.';
      report('warning', [...path, 'gates'], message, 'key');
    }
    if (wave.mayOverrun && wave.calendar === undefined) {
      const message =
        'this wave has no calendar, so there is no window to run past, save for clusters whose tags add one.';
      report('warning', [...path, 'mayOverrun'], message);
    }
    if (wave.bake !== undefined && durationMilliseconds(wave.bake) >= ROLLBACK_DAYS * 86_400_000) {
      const message = `EKS lets a cluster go back for ${ROLLBACK_DAYS} days, and a bake as long leaves no time to decide. Use a shorter one.`;
      report('warning', [...path, 'bake'], message);
    }
  }
}
