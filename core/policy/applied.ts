import { z } from 'zod';
import type { CheckedWaiver } from '../config/check-waiver.ts';
import { waiverEnd } from '../config/day-or-instant.ts';
import { calendarSchema } from '../config/schema/calendar.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { labelSelectorSchema } from '../config/schema/label-selector.ts';
import { scanWaiverSchema } from '../config/schema/scan-waiver.ts';
import { channelSchema } from '../config/schema/target.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { CalendarSpec, FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { decode, load, parseFrozen, unchanged } from '../store/entity.ts';
import type { ChannelSpec } from './channels.ts';

/** There is one Fleet object, so it is kept under one key, whatever its name. */
export const FLEET = 'fleet';

/** What of something read is in force: what somebody has deleted stays in the table, and counts as never applied. */
export const inForce = <Config extends Pick<AppliedConfig, 'deleted'>>(applied: Config | undefined) =>
  applied?.deleted === undefined ? applied : undefined;

type NamedKind = 'UpgradePolicy' | 'Calendar' | 'Channel' | 'ScanWaiver';

/** Everything of one kind that is applied, whether or not this version can read it. */
export const loadAppliedConfigs = async (
  table: Pick<Table, 'queryPartition'>,
  kind: NamedKind,
): Promise<AppliedConfig[]> => (await loadConfigs(table, kind)).filter(inForce);

/** The same, with what was deleted. */
export async function loadConfigs(table: Pick<Table, 'queryPartition'>, kind: NamedKind): Promise<AppliedConfig[]> {
  const items = await table.queryPartition('CONFIG', `${kind}#`);
  return items.map((item) => decode(Configs, item).data);
}

/** The applied document; undefined when there is none, or this version cannot read it. */
function documentOf<Schema extends z.ZodType>(
  schema: Schema,
  read: AppliedConfig | undefined,
): z.output<Schema> | undefined {
  const applied = inForce(read);
  const parsed = applied === undefined ? undefined : parseFrozen(schema, applied.document);
  return parsed?.success === true ? parsed.data : undefined;
}

/** The Fleet as applied; undefined when there is none or when this version cannot read it (then nothing may act). */
export function fleetSpec(applied: AppliedConfig | undefined): FleetSpec | undefined {
  const spec = documentOf(fleetSchema, applied)?.spec;
  if (spec?.organizationId === undefined || applied?.listedOrganization === spec.organizationId) return spec;
  return { ...spec, isOrganizationUnlisted: true };
}

/** The spec of the Fleet in force, read afresh; undefined as for `fleetSpec`. */
export async function loadFleetInForce(table: Pick<Table, 'get'>): Promise<FleetSpec | undefined> {
  return fleetSpec((await load(table, Configs, 'Fleet', FLEET))?.data);
}

/** A waiver as applied; undefined when this version cannot read it: then it covers nothing. */
export function scanWaiver(config: AppliedConfig): CheckedWaiver | undefined {
  const document = documentOf(scanWaiverSchema, config);
  const end = document === undefined ? undefined : waiverEnd(document.spec.expires);
  const byWhom = { by: config.appliedBy, at: config.appliedAt };
  return document === undefined || end === undefined ? undefined : { document, end, applied: byWhom };
}

/** Those waivers as applied that this version can read. */
export const scanWaivers = async (table: Pick<Table, 'queryPartition'>): Promise<CheckedWaiver[]> =>
  (await loadAppliedConfigs(table, 'ScanWaiver')).flatMap((config) => scanWaiver(config) ?? []);

/** A calendar as applied; undefined when there is none or when this version cannot read it. */
export const calendarSpec = (applied: AppliedConfig | undefined): CalendarSpec | undefined =>
  documentOf(calendarSchema, applied)?.spec;

/** A channel as applied; undefined when there is none or when this version cannot read it. */
export const channelSpec = (applied: AppliedConfig | undefined): ChannelSpec | undefined =>
  documentOf(channelSchema, applied)?.spec;

/** A policy that was applied before the field `finish` existed finishes nothing until it is applied again. */
const storedPolicySchema = z.preprocess((document) => {
  const { spec, ...rest } = document as { readonly spec?: object };
  return { ...rest, spec: { finish: 'never', ...spec } };
}, upgradePolicySchema);

/** A policy as applied; undefined when there is none or when this version cannot read it. */
export const upgradePolicy = (applied: AppliedConfig | undefined): UpgradePolicy | undefined =>
  documentOf(storedPolicySchema, applied);

/** The selector of a policy of which this version can read no more; undefined = it cannot read the selector either. */
export function selectorAlone({ document }: AppliedConfig): UpgradePolicy['spec']['selector'] | undefined {
  const spec = document.spec as { selector?: unknown } | undefined;
  return labelSelectorSchema.safeParse(spec?.selector).data;
}

/** Policies as applied, and those that this version cannot read. */
export function readPolicies(configs: readonly AppliedConfig[]) {
  const policies: UpgradePolicy[] = [];
  const unreadable: AppliedConfig[] = [];
  for (const config of configs) {
    const policy = upgradePolicy(config);
    if (policy === undefined) unreadable.push(config);
    else policies.push(policy);
  }
  return { policies, unreadable };
}

/** The Channel that a policy's target names; undefined where the policy states the target itself. */
export function channelNamed(applied: AppliedConfig | undefined): string | undefined {
  const target = upgradePolicy(applied)?.spec.target;
  return typeof target === 'object' ? target.channel : undefined;
}

/** The person who last changed something that approvals agree to; a person who has changed only a cap since then does not count. */
export const authorOf = (applied: AppliedConfig | undefined): string | undefined =>
  inForce(applied)?.authoredBy ?? inForce(applied)?.appliedBy;

/**
 * The people who may not approve alone what a policy plans (four eyes): the policy's author, and the person who last applied the Channel that its
 * target names.
 */
export const authorsOf = (applied: AppliedConfig | undefined, channel: AppliedConfig | undefined): readonly string[] =>
  [authorOf(applied), inForce(channel)?.appliedBy].filter((one) => one !== undefined);

/** `authorsOf`, with the Channel read afresh; `checks` check that the Channel is still as read. */
export async function loadAuthors(table: Pick<Table, 'get'>, applied: AppliedConfig | undefined) {
  const name = channelNamed(applied);
  const channel = name === undefined ? undefined : await load(table, Configs, 'Channel', name);
  const checks: WriteOperation[] = name === undefined ? [] : [unchanged(Configs, channel, 'Channel', name)];
  return { authors: authorsOf(applied, channel?.data), checks };
}
