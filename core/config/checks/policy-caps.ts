import type { FleetSpec } from '../types.ts';
import type { PolicyWith, Report } from './check.ts';

/** Caps of a policy only tighten those of the Fleet (semantics.md, Caps): a looser one does nothing. */
export function checkPolicyCaps(
  { spec }: PolicyWith<'caps'>,
  fleet: Pick<FleetSpec, 'caps' | 'labels'>,
  report: Report,
): void {
  const path = ['spec', 'caps'];
  for (const field of ['total', 'perAccount', 'perRegion'] as const) {
    looser(spec.caps[field], fleet.caps[field], [...path, field]);
  }
  for (const [label, own] of Object.entries(spec.caps.perLabel ?? {})) {
    looser(own, fleet.caps.perLabel?.[label], [...path, 'perLabel', label]);
    if (Object.hasOwn(fleet.labels.fromTags, label)) continue;
    const message = `no tag gives clusters the label "${label}" (spec.labels.fromTags of the Fleet), so all of them count as one value and this caps the whole policy. Add it there, or use total.`;
    report('warning', [...path, 'perLabel', label], message, 'key');
  }

  function looser(own: number | undefined, fleets: number | undefined, at: readonly (string | number)[]): void {
    if (own === undefined || fleets === undefined || own <= fleets) return;
    const message = `the Fleet allows ${fleets}, and a policy can only tighten that: ${own} does nothing. Remove it, or raise that of the Fleet.`;
    report('warning', at, message);
  }
}
