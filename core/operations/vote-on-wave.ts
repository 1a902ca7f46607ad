import { type ApprovalRecord, AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { batchesOf } from '../model/batches.ts';
import { blockingFindings } from '../model/blocking-findings.ts';
import { given } from '../model/given.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import { isOwnRejection, newestOfEach } from '../model/last-words.ts';
import { inForce, loadAuthors, upgradePolicy } from '../policy/applied.ts';
import { approvalRefusals, approvedUntil, clustersOf, mayApprove, requestersOf } from '../policy/approvals.ts';
import type { Table } from '../ports/table.ts';
import { GRANTING_WAVES } from '../protocol/granting-waves.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { ENDED_WELL } from '../queries/place-of.ts';
import { Refusal, wrongState } from '../queries/refusal.ts';
import { rulingWaves } from '../queries/ruling-waves.ts';
import { countVerdicts, readinessOfMember } from '../rollout/readiness.ts';
import { isSettled, MAY_PAUSE, whyOutdated } from '../rollout/wave-end.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { changeAndTell, rolloutEntry, waveChanged } from '../store/change.ts';
import { Clusters, Configs, loadMembers, loadWaves, Rollouts, Waves } from '../store/entities.ts';
import { load, loadAll, replace, unchanged } from '../store/entity.ts';
import { type Told, toldWave } from '../store/with-conditions.ts';
import type { OperatorPorts } from './fleet-switch.ts';

export interface Vote {
  readonly decision: ApprovalRecord['decision'];
  readonly by: string;
  readonly comment?: string | undefined;
  /** The plan that the person has seen; another one now is refused. Absent = whatever the plan is. */
  readonly planHash?: string | undefined;
}

/**
 * `holdsUntil`: when a wave that has not begun has approvals enough no more, RFC 3339; absent where it has too few, or they do not expire.
 * `lacking`: why it may not begin all the same, for whoever agrees: who has rejected it and what ends that, or how many approvals are there.
 * `decision`: `Withdrawn` where the approval has only taken the person's own rejection back.
 */
type Voted = Told<Wave> & {
  readonly decision: Vote['decision'] | 'Withdrawn';
  readonly holdsUntil?: string;
  readonly lacking?: string;
};

/** So many people's words of one wave are kept, the newest of each: one who speaks often pushes nobody else's out. */
const MOST_PEOPLE = 100;

/**
 * Approves or rejects the plan of a wave that has not begun, or takes an approval back from one that has: then nothing new starts in it. An approval
 * of who may not approve because of four eyes takes a rejection of theirs back, and counts for nothing else: nobody else can.
 * Fails with `RolloutNotFound`, `WaveNotFound`, `WrongState`, `PlanChanged` or `NotAllowed`.
 */
export function voteOnWave(ports: OperatorPorts, id: string, name: string, vote: Vote): Promise<Voted> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    const { wave, waves } = await findWave(ports, id, name);
    if (isOver(rollout.data, wave.data)) {
      const said = `The rollout ${id} is ${rollout.data.status}: nothing begins in it any more, whatever is said of its waves.`;
      throw wrongState(said);
    }
    const config = await load(table, Configs, 'UpgradePolicy', rollout.data.policy);
    const policy = upgradePolicy(config?.data);
    const asked = (await rulingWaves(table, policy, wave.data)).flatMap(({ approval }) => approval ?? []);
    refuseState(rollout.data, wave.data, asked.length > 0, vote.decision);
    if (vote.decision === 'Approved') refuseOutdated(rollout.data, waves, wave.data, inForce(config?.data));
    const planHash = judgedPlan(id, wave.data, vote);
    const { authors, checks } = await loadAuthors(table, config?.data);
    const requesters = requestersOf(wave.data, { policyAppliedBy: authors, rolloutCreatedBy: rollout.data.createdBy });
    const decision = decisionOf(asked, wave.data, vote, requesters);
    const members = decision === 'Approved' ? await membersToGo(table, wave.data) : [];
    const shown = await waveReadiness(table, members, now, policy?.spec.nodes);
    const word: ApprovalRecord = {
      decision: vote.decision,
      principal: vote.by,
      at: now.toISOString(),
      planHash,
      clusters: clustersOf(wave.data),
      ...(shown.length > 0 ? { shown: countVerdicts(shown.map(({ verdict }) => verdict)) } : {}),
      ...(vote.comment === undefined ? {} : { comment: vote.comment }),
    };
    const next: Wave = { ...wave.data, approvals: wordsWith(rollout.data, wave.data, word, decision) };
    const said = `${vote.by}${vote.comment === undefined ? '' : `: ${vote.comment}`}`;
    const reasons = [{ code: decision, message: said }];
    return {
      result: { ...toldWave(next, now), decision, ...standing(asked, next, decision, requesters, now) },
      writes: [
        replace(Waves, wave, next),
        unchanged(Rollouts, rollout, id),
        unchanged(Configs, config, 'UpgradePolicy', rollout.data.policy),
        ...checks,
      ],
      record: [
        rolloutEntry(id, decision === 'Withdrawn' ? 'WaveRejectionWithdrawn' : `Wave${decision}`, vote.by, {
          ...{ wave: name, index: next.index },
          ...{ ...word, decision },
        }),
        ...shownEntries(id, name, vote.by, shown),
      ],
      events: ([change]) => [waveChanged({ ...next, reasons }, change, 'approval')],
    };
  });
}

/** The hash of the plan that is judged. Fails with `WrongState` or `PlanChanged`. */
function judgedPlan(id: string, { name, planHash }: Wave, vote: Vote): string {
  if (planHash === undefined)
    throw wrongState(`The wave ${name} has no plan that could be approved yet; look again in a minute.`);
  if (vote.planHash === undefined || vote.planHash === planHash) return planHash;
  const said = `The plan of the wave ${name} has changed since you looked: it is ${planHash} now. Look again: liftlock describe rollout ${id}`;
  throw new Refusal('PlanChanged', said, { planHash });
}

type Approval = Parameters<typeof mayApprove>[0];
type Requesters = Parameters<typeof mayApprove>[2];

/** What the vote counts as. Fails with `NotAllowed`. */
function decisionOf(asked: readonly Approval[], wave: Wave, vote: Vote, requesters: Requesters): Voted['decision'] {
  const barred = refusalsOfVote(asked, vote, requesters);
  if (barred.length === 0) return vote.decision;
  const mayWithdraw =
    vote.decision === 'Approved' &&
    barred.some(({ code }) => code === 'FourEyes') &&
    isOwnRejection(wave, vote.by) &&
    refusalsOfVote(asked, { ...vote, decision: 'Rejected' }, requesters).length === 0;
  if (mayWithdraw) return 'Withdrawn';
  throw new Refusal('NotAllowed', barred.map(({ message }) => message).join(' '), { reasons: barred });
}

/** The words on a wave after this one. What takes a rejection back is on record, and is no word on the wave. Fails with `WrongState`. */
function wordsWith(rollout: Rollout, wave: Wave, word: ApprovalRecord, decision: Voted['decision']): ApprovalRecord[] {
  const words = newestOfEach([...(wave.approvals ?? []), word]).filter(
    (one) => decision !== 'Withdrawn' || one !== word,
  );
  // A rejection is heard however many have spoken: an approval gives way, the oldest first.
  const oldest = words.findIndex((one) => one.decision === 'Approved');
  if (words.length > MOST_PEOPLE && word.decision === 'Rejected' && oldest >= 0) words.splice(oldest, 1);
  if (words.length <= MOST_PEOPLE) return words;
  throw wrongState(
    `${MOST_PEOPLE} people have judged the wave ${wave.name}, and no more are kept.${wayToWait(rollout)}`,
  );
}

/** Where the wave stands after a vote: until when its approvals are enough, or what is lacking. */
function standing(
  asked: readonly Approval[],
  wave: Wave,
  decision: Voted['decision'],
  requesters: Requesters,
  now: Date,
): Pick<Voted, 'holdsUntil' | 'lacking'> {
  const counts = decision === 'Approved' && wave.startedAt === undefined;
  const ends = counts ? asked.flatMap((one) => approvedUntil(one, wave, requesters, now)?.toISOString() ?? []) : [];
  const refusals = asked.flatMap((approval) => approvalRefusals({ approval }, wave, requesters, now));
  const [lacking] =
    decision === 'Rejected' ? [] : refusals.map(({ message }) => message.replace(/\bRun: /, 'Another person runs: '));
  return given({ holdsUntil: ends.sort()[0], lacking });
}

/** A wave that has ended goes on with members that were blocked, or have failed, when somebody retries them. */
const mayBeRetried = ({ blocked, failed }: Wave): boolean => blocked > 0 || failed > 0;

/** A rollout that has ended goes on with these too, unless it was aborted. */
const isOver = ({ status }: Rollout, wave: Wave): boolean =>
  AT_REST.includes(status) && (status === 'Aborted' || !mayBeRetried(wave));

const membersToGo = async (table: Table, { rolloutId, index }: Wave): Promise<Member[]> =>
  (await loadMembers(table, rolloutId)).filter(
    ({ waveIndex, status }) => waveIndex === index && !ENDED_WELL.includes(status),
  );

/** Of so many members one entry of the audit tells, so that none outgrows an item of the table. */
const MEMBERS_TOLD = 500;

/** What each member was known to be, for whoever asks later what was agreed to. */
export function shownEntries(id: string, wave: string, by: string, shown: Awaited<ReturnType<typeof waveReadiness>>) {
  return batchesOf(shown, MEMBERS_TOLD).map((members) => rolloutEntry(id, 'WaveShown', by, { wave, members }));
}

/** The wave, and what all of its rollout are. Fails with `WaveNotFound`. */
export async function findWave({ table }: Pick<OperatorPorts, 'table'>, id: string, name: string) {
  const read = await loadWaves(table, id);
  const waves = read.map(({ data }) => data);
  const wave = read.find(({ data }) => data.name === name);
  if (wave !== undefined) return { wave, waves };
  const names = waves.map((one) => one.name).join(', ');
  throw new Refusal('WaveNotFound', `The rollout ${id} has no wave ${name.slice(0, 100)}; it has ${names}.`);
}

/** Fails with `PlanChanged`. */
export function refuseOutdated(...about: Parameters<typeof whyOutdated>): void {
  const why = whyOutdated(...about);
  if (why !== undefined) throw new Refusal('PlanChanged', why.message);
}

/** How a person keeps what is still to come from beginning, as it is not refused. */
const wayToWait = ({ id, status }: Rollout): string =>
  MAY_PAUSE.includes(status) ? ` To have nothing new start: liftlock rollout pause ${id}` : '';

function refuseState(rollout: Rollout, wave: Wave, asksForApproval: boolean, decision: Vote['decision']): void {
  if (!asksForApproval) {
    const pause = decision === 'Rejected' ? wayToWait(rollout) : '';
    throw wrongState(`The wave ${wave.name} asks for no approval: its policy says none.${pause}`);
  }
  const hasStragglers =
    (wave.quarantined > 0 || mayBeRetried(wave) || !isSettled(wave)) && GRANTING_WAVES.includes(wave.status);
  if (['Pending', 'Open'].includes(wave.status) || hasStragglers) return;
  throw wrongState(`The wave ${wave.name} is ${wave.status}; only one that has not ended can be judged.`);
}

/** Anybody who may approve may reject, the requester too: taking back one's own wish needs no second person. Any of the waves may ask for it. */
function refusalsOfVote(
  asked: readonly Approval[],
  { decision, by }: Vote,
  requesters: Requesters,
): ReturnType<typeof mayApprove> {
  const answers = asked.map((approval) =>
    mayApprove(decision === 'Approved' ? approval : { ...approval, fourEyes: false }, by, requesters),
  );
  const ofFourEyes = answers.find((reasons) => reasons.every(({ code }) => code === 'FourEyes'));
  return answers.find((reasons) => reasons.length === 0) ?? ofFourEyes ?? answers[0] ?? [];
}

/** What an approver sees of a wave's members that are to go, without clusters that left the inventory. `nodes`: the policy's image rules. */
export async function waveReadiness(
  table: Pick<Table, 'getAll'>,
  members: readonly Pick<Member, 'clusterKey' | 'from' | 'to'>[],
  now: Date,
  nodes: NodesSpec,
) {
  const keys = members.map(({ clusterKey }) => clusterKey);
  const [clusters, scans] = await Promise.all([
    loadAll(
      table,
      Clusters,
      keys.map((key) => Clusters.key(key)),
    ),
    latestScansOf(table, keys),
  ]);
  const known = new Map(clusters.map((cluster) => [cluster.clusterKey, cluster]));
  return members.flatMap((member) => {
    const { clusterKey, to } = member;
    const cluster = known.get(clusterKey);
    if (cluster === undefined) return [];
    const found = scans.get(clusterKey) ?? { clusterKey, scans: [] };
    const { verdict, scannedAt } = readinessOfMember(cluster, member, { scans: found, now, nodes });
    // Causes of errors on its way, including those that its policy lets pass.
    const findings = blockingFindings(found, cluster.version, to).length;
    return [{ clusterKey, to, verdict, scannedAt, findings }];
  });
}
