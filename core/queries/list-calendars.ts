import { calendarSchema } from '../config/schema/calendar.ts';
import type { Calendar } from '../config/types.ts';
import { upgradePolicy } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import { Configs } from '../store/entities.ts';
import { decode } from '../store/entity.ts';

export interface CalendarView {
  readonly name: string;
  /** Null when this version cannot read what was applied: then it is closed. */
  readonly spec: Calendar['spec'] | null;
  /** Waves that go by it, as `policy/wave`. */
  readonly usedBy: readonly string[];
  readonly revision: string;
  readonly appliedBy: string;
  readonly appliedAt: string;
}

export async function listCalendars({ table }: Pick<Ports, 'table'>): Promise<{ items: CalendarView[] }> {
  const configs = (await table.queryPartition('CONFIG', 'Calendar#')).map((item) => decode(Configs, item).data);
  const applied = (await table.queryPartition('CONFIG', 'UpgradePolicy#')).map((item) => decode(Configs, item).data);
  const policies = applied.flatMap((config) => upgradePolicy(config) ?? []);
  const items = configs.map(({ name, document, revision, appliedBy, appliedAt }): CalendarView => {
    const parsed = calendarSchema.safeParse(document);
    const usedBy = policies.flatMap(({ metadata, spec }) =>
      spec.waves
        .filter(({ calendar }) => [calendar ?? []].flat().includes(name))
        .map((wave) => `${metadata.name}/${wave.name}`),
    );
    return { name, spec: parsed.success ? parsed.data.spec : null, usedBy, revision, appliedBy, appliedAt };
  });
  return { items };
}
