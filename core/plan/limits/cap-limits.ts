import { deepFreeze } from '../../config/deep-freeze.ts';
import type { FleetSpec } from '../../config/types.ts';
import type { PlanRules } from '../offline-snapshot.ts';
import { type Constraint, type PolicySpec, withPolicy } from './constraint.ts';

type Caps = FleetSpec['caps'] | PolicySpec['caps'];

/** One cap, wherever it is written: `total`, `perAccount`, `perRegion`, or a label. */
interface Cap {
  readonly name: string;
  of(caps: Caps): number | undefined;
  raised(caps: Caps, to: number): Caps;
}

const PLAIN: readonly Cap[] = (['total', 'perAccount', 'perRegion'] as const).map((name) => ({
  name,
  of: (caps) => caps[name],
  raised: (caps, to) => ({ ...caps, [name]: to }),
}));

const forLabel = (label: string): Cap => ({
  name: `perLabel.${label}`,
  of: (caps) => caps.perLabel?.[label],
  raised: (caps, to) => ({ ...caps, perLabel: { ...caps.perLabel, [label]: to } }),
});

/** The caps of the Fleet and of one policy. Where both have one, both may have to be raised (semantics.md, Caps: a policy only tightens). */
export function capLimits(rules: PlanRules, policy: string, members: number, weight: number): Constraint[] {
  const own = rules.policies.get(policy)?.spec.caps ?? {};
  const labels = new Set([...Object.keys(rules.fleet.caps.perLabel ?? {}), ...Object.keys(own.perLabel ?? {})]);
  return [...PLAIN, ...[...labels].sort().map(forLabel)].flatMap((cap) => {
    const ofFleet = cap.of(rules.fleet.caps);
    const ofPolicy = cap.of(own);
    const limit = Math.min(ofFleet ?? Number.POSITIVE_INFINITY, ofPolicy ?? Number.POSITIVE_INFINITY);
    if (limit >= members) return [];
    return [{ kind: 'cap', name: `caps.${cap.name}`, weight, steps: members - limit, at }];

    function at(step: number): ReturnType<Constraint['at']> {
      const to = limit + step;
      const changes: string[] = [];
      let next = rules;
      if (ofFleet !== undefined && ofFleet < to) {
        const caps = cap.raised(next.fleet.caps, to) as FleetSpec['caps'];
        next = { ...next, fleet: deepFreeze({ ...next.fleet, caps }) };
        changes.push(`of the Fleet from ${ofFleet} to ${to}`);
      }
      if (ofPolicy !== undefined && ofPolicy < to) {
        next = withPolicy(next, policy, (spec) => ({ ...spec, caps: cap.raised(spec.caps, to) as PolicySpec['caps'] }));
        changes.push(`of the policy ${policy} from ${ofPolicy} to ${to}`);
      }
      return { rules: next, change: `raise caps.${cap.name} ${changes.join(' and ')}` };
    }
  });
}
