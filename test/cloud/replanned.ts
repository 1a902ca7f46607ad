import { isMember, Members, Rollouts, rolloutPartition, Waves } from '../../core/store/entities.ts';
import { loadKind, ofKind } from '../../core/store/entity.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { cloudProblems } from './cloud-problems.ts';
import { hasInWave, misgranted, type Stored, type Tried, tryGrants } from './half-way-grants.ts';
import { startSmallCloud } from './small-cloud.ts';

const RECONCILER = 'liftlock-reconcile-rollouts';
const STAGES = ['one', 'two', 'three', 'four', 'five'];
const ACCOUNT = '111111111111';
const MOST_WRITES = 40;

/**
 * The plan of so many clusters in five waves is changed to and fro, and the reconciler dies after the first write that this takes, then after
 * the second, and so on. What a grant reads is then the old plan or the new one: clusters that change places, or leave, are tried in the wave
 * that they were in and in the one that they go to. Every wave asks for approval, so that nothing else begins.
 */
export async function replannedRun(assembly: Assembly, clusters: number): Promise<string[]> {
  const prepared = await fleetOf(clusters);
  const notes: string[] = [];
  const { cloud, close } = await startSmallCloud(prepared, assembly, (note) => notes.push(note));
  try {
    await apply(cloud, prepared.fleet, policy(false));
    cloud.begin();
    let found = await until(cloud, ({ members }) => members.length === clusters);
    const changing = whoChangesPlaces(found.members);
    const problems: string[] = [];
    const grants = { old: 0, new: 0, refused: 0 };
    for (let write = 1, died = true; died && write <= MOST_WRITES; write += 1) {
      const before = found;
      const isMoved = write % 2 === 1;
      const hasFollowed = (now: Stored) => now.rollout.following === undefined && planOf(now) !== planOf(before);
      const death = dieAfter(cloud, write);
      await apply(cloud, policy(isMoved));
      const half = await until(cloud, (now) => death.happened || hasFollowed(now));
      died = death.happened;
      const tried = await tryGrants(cloud, changing, half);
      death.isOver();
      found = await until(cloud, hasFollowed);
      const wrong = [...mixtures(half, [before, found]), ...misgranted(tried, [before, found])];
      problems.push(...wrong.map((problem) => `${died ? 'after' : 'past'} write ${write}: ${problem}`));
      problems.push(...misplaced(found, clusters, isMoved));
      if (died) countGrants(grants, tried, before);
    }
    return [
      ...problems,
      ...neverTried(grants),
      ...(await counted(cloud)),
      ...(await cloudProblems(cloud, notes)).filter((one) => !isDeath(one)),
    ];
  } finally {
    await close();
  }
}

async function fleetOf(clusters: number): Promise<PreparedFleet> {
  const { loaded, ...prepared } = await prepareFleet(new URL('./fleet/', import.meta.url).pathname);
  const state = emptyState(loaded.now);
  for (let number = 0; number < clusters; number += 1)
    addCluster(state, {
      name: `c${number}`,
      version: '1.36',
      account: ACCOUNT,
      tags: {
        stage: STAGES[number % STAGES.length] ?? '',
        moves: String(number % 3 === 0),
        leaves: String(leaves(number)),
      },
    });
  const labels = { fromTags: { stage: 'stage', moves: 'moves', leaves: 'leaves' } };
  const spec = { ...prepared.fleet.spec, accounts: [ACCOUNT], regions: ['eu-central-1'], labels };
  return { ...prepared, fleet: { ...prepared.fleet, spec }, loaded: { ...loaded, state } };
}

const leaves = (number: number): boolean => number % 7 === 1;

/** Where the policy puts a cluster; undefined = nowhere. */
function placeOf(number: number, isMoved: boolean): number | undefined {
  const stage = number % STAGES.length;
  if (!isMoved) return stage;
  if (leaves(number)) return undefined;
  return number % 3 === 0 && stage < 4 ? STAGES.length : stage;
}

/** A third of the clusters goes in the last wave, wherever else they would be; a seventh is left out; another wave has another name. */
function policy(isMoved: boolean): object {
  const waves = STAGES.map((stage, index) => ({
    name: isMoved && index === 3 ? 'renamed' : stage,
    selector: {
      matchExpressions: [
        { key: 'stage', operator: 'In', values: [stage] },
        ...(isMoved && index < 4 ? [{ key: 'moves', operator: 'In', values: ['false'] }] : []),
      ],
    },
    approval: { approvals: 1 },
  }));
  const last = isMoved ? [{ name: 'last', approval: { approvals: 2 } }] : [];
  const selector = isMoved ? { matchExpressions: [{ key: 'leaves', operator: 'In', values: ['false'] }] } : {};
  const spec = { selector, target: '1.37', trigger: 'automatic', waves: [...waves, ...last] };
  return { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'all' }, spec };
}

const apply = (cloud: LocalCloud, ...objects: readonly object[]) => apiRequest(cloud, 'PUT', '/v1/config', objects);

/** The reconciler dies when its plan was written so many times, before it hears of the last, and does not come back by itself. */
function dieAfter(cloud: LocalCloud, writes: number): { happened: boolean; isOver(): void } {
  const lambda = cloud.functions.all().find(({ options }) => options.name === RECONCILER);
  if (lambda === undefined) throw new Error(`there is no function ${RECONCILER}`);
  const { note } = cloud.auditOrder;
  let left = writes;
  const death = {
    happened: false,
    isOver: () => {
      cloud.auditOrder.note = note;
      lambda.switchedOff = false;
    },
  };
  cloud.auditOrder.note = (input) => {
    note.call(cloud.auditOrder, input);
    if (!/RolloutPlanned|RolloutReplanned/.test(JSON.stringify(input))) return;
    left -= 1;
    if (left !== 0) return;
    death.happened = true;
    lambda.switchedOff = true;
    void lambda.close();
  };
  return death;
}

const isDeath = (problem: string): boolean => /Runtime\.ExitError|TooManyRequests/.test(problem);

async function until(cloud: LocalCloud, isSo: (stored: Stored) => boolean): Promise<Stored> {
  for (let minute = 0; minute < 30; minute += 1) {
    const [rollout] = await loadKind(cloud.table, Rollouts);
    const items = rollout === undefined ? [] : await cloud.table.queryPartition(rolloutPartition(rollout.id));
    const [read] = ofKind(items, Rollouts);
    const stored = read && {
      rollout: read,
      waves: ofKind(items, Waves),
      members: ofKind(items, Members).filter(isMember),
    };
    if (stored !== undefined && isSo(stored)) return stored;
    await cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + 60_000));
  }
  throw new Error('half an hour did not bring the plan that was waited for');
}

const wavesOf = ({ waves }: Stored): string =>
  JSON.stringify(waves.map(({ name, status, members, planHash }) => [name, status, members, planHash]));
const planOf = (stored: Stored): string =>
  `${wavesOf(stored)} ${JSON.stringify(stored.members.map(({ waveIndex, clusterKey, to, position }) => [waveIndex, clusterKey, to, position]))}`;

/** What an approval binds to is of one plan, and so are the members unless the rollout says that they follow. */
function mixtures(half: Stored, plans: readonly Stored[]): string[] {
  const problems: string[] = [];
  if (!plans.some((plan) => wavesOf(plan) === wavesOf(half))) problems.push('the waves are of neither plan');
  if (half.rollout.following === undefined && !plans.some((plan) => planOf(plan) === planOf(half)))
    problems.push('the members are of neither plan, and nothing says that they follow one');
  return problems;
}

/** Everybody is where the policy says, and counted there; whom it leaves out is nowhere. */
function misplaced({ waves, members }: Stored, clusters: number, isMoved: boolean): string[] {
  const places = new Map(members.map(({ name, waveIndex }) => [name, waveIndex]));
  const wrong = [...Array(clusters).keys()].filter((number) => places.get(`c${number}`) !== placeOf(number, isMoved));
  const miscounted = waves.filter(
    ({ index, members: count }) => count !== members.filter(({ waveIndex }) => waveIndex === index).length,
  );
  const fourth = waves[3]?.name;
  return [
    ...wrong.map((number) => `c${number} is in wave ${places.get(`c${number}`)}, not ${placeOf(number, isMoved)}`),
    ...(places.size === members.length ? [] : ['a cluster is in two waves']),
    ...miscounted.map(({ name, members: count }) => `the wave ${name} counts ${count}, and that is not so`),
    ...(fourth === (isMoved ? 'renamed' : 'four') ? [] : [`the fourth wave is called ${fourth}`]),
  ];
}

/** The first and the last of those that move, and of those that leave: members follow a plan in batches, in their order. */
function whoChangesPlaces(members: Stored['members']) {
  const changed = members.map((member) => {
    const number = Number(member.name.slice(1));
    return { member, waves: [placeOf(number, false), placeOf(number, true)] };
  });
  const moved = changed.filter(({ waves: [from, to] }) => to !== undefined && from !== to);
  const left = changed.filter(({ waves: [, to] }) => to === undefined);
  return [moved[0], moved.at(-1), left[0], left.at(-1)].flatMap((one) =>
    one === undefined ? [] : [{ member: one.member, waveIndexes: one.waves.filter((index) => index !== undefined) }],
  );
}

/** Of which plan the clusters were that were granted half-way. */
function countGrants(
  grants: { old: number; new: number; refused: number },
  tried: readonly Tried[],
  before: Stored,
): void {
  for (const one of tried) {
    if (one.counted === undefined) grants.refused += 1;
    else if (hasInWave(before, one)) grants.old += 1;
    else grants.new += 1;
  }
}

/** Half-way through there must be something to give by the new plan, something to refuse, and nothing to give by the plan of the policy before. */
function neverTried(grants: Readonly<Record<string, number>>): string[] {
  const counts = Object.entries(grants);
  console.log(`  grants half-way through: ${counts.map(([what, count]) => `${count} ${what}`).join(', ')}`);
  return counts.flatMap(([what, count]) => {
    if (what === 'old') return count === 0 ? [] : [`${count} grants half-way through were of the plan before`];
    return count === 0 ? [`no grant half-way through was ${what}`] : [];
  });
}

/** One plan for each revision of the policy after the first, and invariants that hold. */
async function counted(cloud: LocalCloud): Promise<string[]> {
  const audit = await cloud.auditTimeline();
  const plans = audit.filter(({ event }) => event === 'RolloutReplanned').length;
  const revisions = audit.filter(
    ({ event, detail }) => event === 'ConfigApplied' && detail.kind === 'UpgradePolicy',
  ).length;
  console.log(`  ${revisions - 1} changes of the policy, ${plans} plans`);
  const violations = await checkInvariants(cloud);
  return [
    ...(plans === revisions - 1 ? [] : [`${plans} plans for ${revisions - 1} changes of the policy`]),
    ...violations.map(({ invariant, message }) => `${invariant}: ${message}`),
  ];
}
