import { fleetSchema } from '../../../core/config/schema/fleet.ts';
import { waveSchema } from '../../../core/config/schema/wave.ts';
import type { Grant, Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import type { HopRules } from '../../../core/policy/hop-rules.ts';
import type { Moment, Situation } from '../../../core/protocol/situation.ts';
import { refusalsAt, VETOES } from '../../../core/protocol/vetoes.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';
import { policyWith } from '../policy/policies.ts';
import { cluster as clusterOfUpgrade, grant as grantOf, NOON, upgrade as upgradeOf } from './one-upgrade.ts';

const ASKER = { arn: 'arn:execution', name: 'x' };
export const { spec: fleet } = fleetSchema.parse({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'f' },
  spec: {
    mode: 'act',
    accounts: [clusterOfUpgrade.account],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'xx' },
  },
});
const cluster = { ...clusterOfUpgrade, clusterKey: 'k', tags: {} };
const grant = grantOf({ clusterKey: 'k', epoch: 1, holder: ASKER.arn, executionName: ASKER.name, capKeys: [] });
export const upgrade = upgradeOf({ clusterKey: 'k', waveIndex: 0 });
export const rules = (given: object): HopRules => ({
  policy: policyWith(),
  unreadable: false,
  wave: waveSchema.parse({ name: 'all' }),
  unplaced: [],
  calendars: [],
  problems: [],
  estimateMilliseconds: 0,
  mayOverrun: false,
  calendarNames: [],
  calendarReasons: [],
  ...given,
});

export interface Given
  extends Omit<Partial<Situation>, 'grant' | 'upgrade' | 'rollout' | 'wave' | 'member' | 'cluster'> {
  readonly grant?: Partial<Grant>;
  readonly upgrade?: Partial<Upgrade>;
  readonly rollout?: Partial<Rollout> | 'none';
  readonly wave?: Partial<Wave>;
  readonly member?: Partial<Member> | 'none';
  readonly cluster?: Partial<typeof cluster> | 'none';
}

/** What is said of a member of a rollout, with nothing in its way but what is given. */
export function codesAt(moment: Moment, given: Given): string[] {
  const { grant: ofGrant, upgrade: ofUpgrade, rollout, wave, member, cluster: ofCluster, ...others } = given;
  const isGrant = moment.endsWith('grant');
  const begun = isGrant ? {} : { status: 'Running' as const, inFlight: true };
  const situation: Situation = {
    now: NOON,
    target: KubeVersion.parse('1.37'),
    epoch: { number: 1 },
    fleet,
    control: undefined,
    cluster: ofCluster === 'none' ? undefined : { ...cluster, ...ofCluster },
    clusterControl: undefined,
    grant: isGrant && ofGrant === undefined ? undefined : { ...grant, ...ofGrant },
    upgrade: isGrant
      ? ofUpgrade && { ...upgrade, ...ofUpgrade }
      : { ...upgrade, mutated: moment === 'later', ...ofUpgrade },
    rollout: rollout === 'none' ? undefined : rolloutItem(rollout),
    wave: waveItem(wave),
    member: member === 'none' ? undefined : memberItem({ ...begun, ...member }),
    earlier: [],
    ...(isGrant ? {} : { asker: ASKER }),
    ...others,
  };
  expectNamedCodes(moment, situation);
  return refusalsAt(moment, situation).map(({ code }) => code);
}

/** Whoever reads of a rule is told all codes with which it refuses. */
function expectNamedCodes(moment: Moment, situation: Situation): void {
  for (const { asked, rule, codes, ends, reasons } of VETOES) {
    const said = asked.includes(moment) ? reasons(situation, moment) : [];
    expect([rule, codes]).toEqual([rule, expect.arrayContaining(said.map(({ code }) => code))]);
    if (said.length > 0 && ends === true) return;
  }
}

/** The wave before it has passed, and its gate was read so. */
export const gated = (status: 'green' | 'red' | 'unknown' | undefined): Given => {
  const readings = status === undefined ? [] : [{ gate: 'errors', status, message: 'Read.' }];
  const gates = status === undefined ? {} : { gates: { checkedAt: NOON.toISOString(), readings } };
  const before = { name: 'before', gates: [{ alarm: 'errors' }] };
  const policy = { metadata: { name: 'p' }, spec: { waves: [before] } } as never;
  return {
    wave: { index: 1 },
    earlier: [waveItem({ name: 'before', status: 'Completed', ...gates })],
    rules: rules({ policy }),
  };
};
