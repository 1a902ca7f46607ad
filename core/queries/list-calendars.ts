import type { Calendar } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { calendarSpec, loadAppliedConfigs } from '../policy/applied.ts';
import { loadAllPolicies } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';

export interface CalendarView extends Pick<AppliedConfig, 'name' | 'revision' | 'appliedBy' | 'appliedAt'> {
  /** Null when this version cannot read what was applied: then it is closed. */
  readonly spec: Calendar['spec'] | null;
  /** Waves that go by it, as `policy/wave`. */
  readonly usedBy: readonly string[];
}

export async function listCalendars({ table }: Pick<Ports, 'table'>): Promise<{ items: CalendarView[] }> {
  const policies = await loadAllPolicies(table);
  const items = (await loadAppliedConfigs(table, 'Calendar')).map((config): CalendarView => {
    const { name, revision, appliedBy, appliedAt } = config;
    const usedBy = policies.flatMap(({ metadata, spec }) =>
      spec.waves
        .filter(({ calendar }) => [calendar ?? []].flat().includes(name))
        .map((wave) => `${metadata.name}/${wave.name}`),
    );
    return { name, spec: calendarSpec(config) ?? null, usedBy, revision, appliedBy, appliedAt };
  });
  return { items };
}
