import type { LiftlockEvent } from '../contracts/events.ts';
import { MACHINE_NAMES } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { shortId, withIdInCommands } from '../model/cluster-key.ts';
import { shellWord } from '../model/shell-word.ts';
import { visibleLine } from '../model/visible.ts';
import { apart, counted, sentence } from '../model/words.ts';
import { wayToCancel } from '../nodes/left-cordoned.ts';
import { stopText } from '../protocol/fleet-stops.ts';
import { isWayBackOver, wayToTryAgain } from '../protocol/left-half-done.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { COVERED, isCovered } from '../version/support-calendar.ts';

/** The detail of an event with its notice for people, as it is published. */
export const detailWithNotice = (event: LiftlockEvent) => ({ ...event.detail, notice: noticeOf(event) });

/**
 * The notice of an event for people; undefined = none. People hear of a change once: of the events of one transaction at most one has a notice about
 * the same subject (a failed upgrade is announced as the hold on its cluster).
 */
export function noticeOf(event: LiftlockEvent): Notice | undefined {
  const tell = NOTICES[event.type] as ((one: LiftlockEvent) => Notice | undefined) | undefined;
  const told = tell?.(event);
  const { detail } = event;
  if (told === undefined || !('cluster' in detail)) return told;
  return { ...told, why: inFull(told.why, detail), todo: inFull(told.todo, detail) };
}

/** Whoever reads a notice does not see whether other clusters have that name too, so its commands can be pasted wherever they do. */
const inFull = (text: string, of: Parameters<typeof named>[0]): string =>
  withIdInCommands(text, { name: nameOf(of), id: idOf(of) });

const NOTICES: { readonly [Type in LiftlockEvent['type']]: (event: Of<Type>) => Notice | undefined } = {
  RolloutChanged: rolloutNotice,
  WaveChanged: waveNotice,
  MemberChanged: memberNotice,
  UpgradeChanged: upgradeNotice,
  ClusterHeld: holdNotice,
  DrainBlocked: drainNotice,
  SupportDeadlineApproaching: deadlineNotice,
  OwnerNews: ownerNotice,
  PlannedChangeApproaching: plannedChangeNotice,
  RollbackDeadlineApproaching: rollbackDeadlineNotice,
  ReadinessChanged: () => undefined,
  StepChanged: () => undefined,
  VersionAvailable: (event) => {
    const { region, kubernetesVersion } = event.detail;
    const what = `EKS offers Kubernetes ${kubernetesVersion} in ${region}.`;
    const todo = isCovered(KubeVersion.parse(kubernetesVersion))
      ? `${NOTHING} Policies with the trigger automatic plan it by themselves: liftlock get rollouts`
      : `Update Liftlock: the data of this release end at ${COVERED}, and no cluster goes further before it is updated.`;
    return notice(event, what, 'It was not offered there before.', todo, `${region}/${kubernetesVersion}`);
  },
  BreakGlassChanged: breakGlassNotice,
  ConfigDeleted: (event) => {
    const { kind, name, by, reason } = event.detail;
    const what = `${by} took the ${kind} ${name} out of the configuration.`;
    return notice(event, what, reason, `${NOTHING} To have it again: liftlock apply -f FILE`, `${kind}/${name}`);
  },
  FleetStopped: (event) => {
    const { by, reason, first } = event.detail;
    const since =
      first === undefined ? '' : ` It was stopped already, since ${first.at} by ${sentence(stopText(first))}`;
    const todo = 'When it is safe: liftlock fleet resume';
    return notice(event, `${by} stopped the whole fleet.${since}`, reason, todo);
  },
  FleetResumed: (event) => {
    const { by, lifted = [] } = event.detail;
    const stops = lifted.map((one) => `by ${stopText(one)}`).join('; ');
    return notice(
      event,
      `${by} let the fleet go on.`,
      stops === '' ? 'It was stopped.' : `It was stopped ${stops}`,
      NOTHING,
    );
  },
};

function breakGlassNotice(event: Of<'BreakGlassChanged'>): Notice {
  const { of, status, by, comment, until } = event.detail;
  const reason = comment === undefined ? event.detail.reason : `${event.detail.reason} (${by}: ${comment})`;
  const [kind = '', name = '', , rollout] = of.split(' ');
  const verb = kind === 'wave' ? `wave ${rollout} ${name}` : `${kind} ${name}`;
  const end = `To end it: liftlock break-glass ${verb} --end`;
  if (status === 'Opened') {
    const what = `${by} broke the glass of the ${of}: until ${until} no window and no freeze holds it.`;
    return notice(event, what, reason, end);
  }
  if (status === 'Requested') {
    const what = `${by} asks to break the glass of the ${of} until ${until}; a second person has to agree.`;
    return notice(event, what, reason, `Whoever agrees runs: liftlock break-glass ${verb} --reason WHY. ${end}`);
  }
  return notice(event, `${by} mended the glass of the ${of}: its windows and freezes hold again.`, reason, NOTHING);
}

/** `shop (account 111111111111, eu-central-1)` */
const named = (detail: { readonly cluster: string; readonly account: string; readonly region: string }): string =>
  `${nameOf(detail)} (account ${detail.account}, ${detail.region})`;
const idOf = (detail: Parameters<typeof named>[0]): string => shortId({ ...detail, name: nameOf(detail) });
const nameOf = ({ cluster }: { readonly cluster: string }): string => cluster.slice(cluster.lastIndexOf('/') + 1);

/** Clusters that are set aside are announced. One that comes back continues by itself, and one that is left out was so by a person or is gone. */
function memberNotice(event: Of<'MemberChanged'>): Notice | undefined {
  const { rolloutId, wave, status, reasons } = event.detail;
  if (status === 'Blocked' && reasons.some(({ code }) => code === 'NeverStarts')) {
    const left = `The cluster ${named(event.detail)} is left behind by the wave ${wave} of ${rolloutId}; nothing of it was begun.`;
    const then = `Change its calendars, then: liftlock retry cluster ${nameOf(event.detail)}`;
    return notice(event, left, because(reasons), then);
  }
  if (status !== 'Quarantined') return undefined;
  const what = `The cluster ${named(event.detail)} is set aside in the wave ${wave} of ${rolloutId}.`;
  const back = reasons.some(({ code }) => code === 'SuspiciousTrait')
    ? 'It comes back once a cluster that shares it succeeds, or with the command that is named, which takes an approver.'
    : 'Mend what is named; it comes back by itself.';
  return notice(event, what, because(reasons), `${back} To look: liftlock explain cluster ${nameOf(event.detail)}`);
}

/** A failure is announced as the hold on the cluster that it causes. Success and parking are in the reports. */
function upgradeNotice(event: Of<'UpgradeChanged'>): Notice | undefined {
  const { from, to, status, reasons, upgradeId, rolloutId, nodegroup } = event.detail;
  if (status !== 'Blocked' && status !== 'Canceled') return undefined;
  const isBack = upgradeId.startsWith('rollback-');
  // An upgrade whose cluster is gone may have been half done.
  const untouched = status === 'Blocked' ? '; nothing of it was begun or is left over' : '';
  const way =
    from === to ? `of the nodes of ${named(event.detail)} to ${to}` : `of ${named(event.detail)} from ${from} to ${to}`;
  const moves = `${isBack ? 'rollback' : 'upgrade'} ${way}`;
  const kind = nodegroup === undefined ? moves : `drain of ${nodegroup} in ${named(event.detail)}`;
  const what = `The ${kind} is ${status}${untouched}.`;
  const name = nameOf(event.detail);
  if (isBack && isWayBackOver(event.detail)) {
    const over = `It is taken back no more. What it needs, and which command goes on: liftlock explain cluster ${name}`;
    return notice(event, what, because(reasons), over);
  }
  if (status === 'Canceled') return notice(event, what, because(reasons), NOTHING);
  const again =
    nodegroup !== undefined
      ? `liftlock drain nodegroup ${nodegroup} --cluster ${name} --approve`
      : isBack
        ? `liftlock rollback cluster ${name} --approve, which takes an approver; without --approve it says what is in the way`
        : wayToTryAgain(
            name,
            {
              rolloutId,
              machine: MACHINE_NAMES.find((one) => upgradeId.startsWith(`${one}-`)) ?? 'upgrade-cluster',
              to,
            },
            false,
          );
  return notice(event, what, because(reasons), `Remove what blocks it, then: ${again}`);
}

function holdNotice(event: Of<'ClusterHeld'>): Notice {
  const name = nameOf(event.detail);
  if (event.detail.reasons.some(({ code }) => code === 'GotWorse')) {
    const what = `The cluster ${named(event.detail)} is held, and goes back to the minor before by itself.`;
    const todo = `${NOTHING} To look: liftlock explain cluster ${name}. To have it stay where it is, while the rollback waits: liftlock release cluster ${name}, which gives the rollback up and not the hold.`;
    return notice(event, what, because(event.detail.reasons), todo);
  }
  const what = `The cluster ${named(event.detail)} is held: nothing starts there until a person says so.`;
  const todo = `See what it needs and which command goes on: liftlock explain cluster ${name}. To only take the hold off: liftlock release cluster ${name}; while a rollback waits there, that gives up the rollback and not the hold.`;
  return notice(event, what, because(event.detail.reasons), todo);
}

function drainNotice(event: Of<'DrainBlocked'>): Notice {
  const { nodegroup, reasons } = event.detail;
  const what = `Pods stand in the way of the drain of ${nodegroup} in ${named(event.detail)}.`;
  const cancel = wayToCancel(nodegroup, nameOf(event.detail));
  return notice(event, what, because(reasons), `It goes on by itself once they may go. To end it: ${cancel}`);
}

function deadlineNotice(event: Of<'SupportDeadlineApproaching'>): Notice {
  const { cluster, kubernetesVersion, support, endsAt, daysLeft, forced } = event.detail;
  const what = `The ${support} support of Kubernetes ${kubernetesVersion} on ${named(event.detail)} ends in ${counted(daysLeft, 'day')}.`;
  const then =
    forced === true ? ', and moves the control plane to the next minor by force from then on, at any time' : '';
  const todo = `See when it will be upgraded, or why not: liftlock explain cluster ${nameOf(event.detail)}`;
  const reference = `${cluster}/${kubernetesVersion}/${support}/${daysLeft}`;
  return notice(event, what, `EKS ends it at ${endsAt}${then}.`, todo, reference);
}

function rollbackDeadlineNotice(event: Of<'RollbackDeadlineApproaching'>): Notice {
  const { clusterKey, kubernetesVersion, to, endsAt, reasons } = event.detail;
  const what = `EKS takes ${named(event.detail)} back from ${kubernetesVersion} to ${to} until ${endsAt} only.`;
  const why = `It takes a control plane back within 7 days of its upgrade, and no longer than it supports ${to}: until ${endsAt}.`;
  const todo = `${NOTHING} Where it is worse than before, this says what going back would do: liftlock rollback cluster ${nameOf(event.detail)} --dry-run`;
  const whys = [why, ...reasons.map(({ message }) => message)].join(' ');
  return notice(event, what, whys, todo, `${clusterKey}/${kubernetesVersion}/rollback`);
}

/** How many clusters one notice names; the event has more of them. */
const MOST_NAMED = 10;

const KINDS_OF_NEWS = {
  blocked: 'blocked',
  ready: 'ready',
  forcedUpgrade: 'moved by EKS by force',
  patchesOverdue: 'overdue for newer images or add-ons',
  opens: 'announced',
  moved: 'moved to another time or version',
  takenBack: 'taken back',
} as const satisfies Record<NewsOfOwner['what'], string>;
type NewsOfOwner = Of<'OwnerNews'>['detail']['news'][number];

/** `And 12 more: 10 blocked, 2 ready.` of what a notice does not name. */
function othersText(news: readonly NewsOfOwner[], more: Of<'OwnerNews'>['detail']['more'] = {}): string {
  const kinds = Object.entries(KINDS_OF_NEWS) as [NewsOfOwner['what'], string][];
  const counts = kinds.flatMap(([kind, words]) => {
    const count = news.filter(({ what }) => what === kind).length + (more[kind] ?? 0);
    return count === 0 ? [] : [{ count, text: `${count} ${words}` }];
  });
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return total === 0 ? '' : ` And ${total} more: ${counts.map(({ text }) => text).join(', ')}.`;
}

/** The news for one owner about all of its clusters. */
function ownerNotice(event: Of<'OwnerNews'>): Notice {
  const { owner, news, more: unnamed, refused, reference } = event.detail;
  const told = news.slice(0, MOST_NAMED).map(newsText);
  const nameIn = apart(news, nameOf, idOf);
  const more = othersText(news.slice(MOST_NAMED), unnamed);
  const whose = owner === null ? 'Labels name no owner' : `For ${owner}`;
  const whys = news
    .slice(0, MOST_NAMED)
    .flatMap((one) =>
      one.reasons.map(({ message }) => [
        nameIn(one),
        one.what === 'opens' ? `This must be gone by then: ${inFull(message, one)}` : inFull(message, one),
      ]),
    );
  const isOne = new Set(news.map(({ cluster }) => cluster)).size === 1;
  const why = whys.map(([name, message]) => (isOne ? message : `${name}: ${message}`));
  const unreached =
    refused === undefined ? [] : [`The address of this owner did not take it (${refused}), so it comes here.`];
  const [first] = news.map(idOf);
  const all = owner === null ? 'liftlock get clusters -o wide' : `liftlock report owner ${shellWord(owner)}`;
  const look = more === '' ? `liftlock explain cluster ${first}` : all;
  const todo = news.some(({ what }) => what === 'blocked' || what === 'forcedUpgrade')
    ? `Mend what is named before its turn comes: ${look}`
    : news.some(({ what }) => what === 'patchesOverdue')
      ? `See what keeps it from that: ${look}`
      : `${NOTHING} To look: ${look}`;
  const because = [...why, ...unreached].join(' ') || 'That is what was found last.';
  return notice(event, `${whose}: ${told.join(' ')}${more}`, because, todo, reference);
}

/** The text of one piece of news, without the reason. */
export function newsText(news: Of<'OwnerNews'>['detail']['news'][number]): string {
  const { what, target, hops, at, announcedFor, withinMinor } = news;
  const change =
    withinMinor === true
      ? `The update of ${named(news)} within ${target}`
      : `The upgrade of ${named(news)} to ${target}`;
  switch (what) {
    case 'blocked':
      return `${named(news)} cannot go to ${target} as it is.`;
    case 'ready':
      return news.reasons.length === 0
        ? `Nothing is in the way of ${named(news)} any more: it may go to ${target}.`
        : `Nothing that counts is in the way of ${named(news)} any more, by a waiver: it may go to ${target}.`;
    case 'forcedUpgrade':
      return `EKS moves ${named(news)} from ${target} to the next minor by force, at any time from ${at} on.`;
    case 'patchesOverdue':
      return `${named(news)} at ${target} was to have newer images or add-ons by ${at}, and has not.`;
    case 'opens':
      return `${change}${hops === undefined ? '' : `, hop by hop: ${hops.join(', ')},`} begins at ${at} at the earliest.`;
    case 'moved':
      return at === announcedFor
        ? `The upgrade of ${named(news)}, announced for ${announcedFor}, ${withinMinor === true ? 'stays within' : 'goes to'} ${target} instead.`
        : `${change}, announced for ${announcedFor}, is moved to ${at}.`;
    case 'takenBack':
      return `${change} does not begin at ${announcedFor}, as was announced.`;
  }
}

function plannedChangeNotice(event: Of<'PlannedChangeApproaching'>): Notice {
  const { code, event: told, startsAt, daysLeft, clusterKey } = event.detail;
  const what = `AWS plans a change of ${named(event.detail)} in ${counted(daysLeft, 'day')}: ${code}.`;
  const todo = `Read in AWS Health what it asks of you (${told}), and keep that time free of changes of your own.`;
  return notice(event, what, `It begins at ${startsAt}.`, todo, `${clusterKey}/${told}/${daysLeft}`);
}

function rolloutNotice(event: Of<'RolloutChanged'>): Notice {
  const { rolloutId, status, about, reasons } = event.detail;
  if (about === 'plan') {
    const todo = `Look at the plan: liftlock describe rollout ${rolloutId}. Approvals of waves whose plan changed are void.`;
    return notice(event, `The rollout ${rolloutId} is planned anew.`, because(reasons), todo);
  }
  if (about === 'traits') {
    const what = `What is suspected in the rollout ${rolloutId} has changed.`;
    return notice(
      event,
      what,
      because(reasons),
      `See whom that sets aside or lets go: liftlock describe rollout ${rolloutId}`,
    );
  }
  if (about === 'rest')
    return notice(event, `The rollout ${rolloutId} waits for a person.`, because(reasons), restTodo(rolloutId));
  const why = reasons.length === 0 && status === 'Running' ? 'It was created or resumed.' : because(reasons);
  return notice(event, `The rollout ${rolloutId} is ${status}.`, why, rolloutTodo(rolloutId, status, reasons));
}

const restTodo = (id: string): string =>
  `See for whom it waits: liftlock describe rollout ${id}. Mend what sets each aside, take it out (liftlock skip cluster NAME), or give the rest up: liftlock rollout abort ${id}`;

function rolloutTodo(id: string, status: string, reasons: readonly Reason[]): string {
  const look = `liftlock describe rollout ${id}`;
  if (status === 'Paused') return `Go on when you are ready: liftlock rollout resume ${id}`;
  if (status === 'Halted')
    return `See why: ${look}. Then retry what failed (liftlock retry cluster NAME), ${goOn(id, reasons)} or give it up (liftlock rollout abort ${id}).`;
  if (status !== 'CompletedWithFailures') return `${NOTHING} To look: ${look}`;
  return `See what failed: ${look}. Retry each with liftlock retry cluster NAME.`;
}

/** After failures a plain resume is refused (`core/operations/rollout-orders.ts`), but not after a hook or rollbacks by themselves. */
const goOn = (id: string, reasons: readonly Reason[]): string =>
  reasons.some(({ code }) => FAILURES.includes(code))
    ? `go on all the same (liftlock rollout resume ${id} --accept-failures)`
    : `go on (liftlock rollout resume ${id}, with --accept-failures where it is refused for failures)`;
const FAILURES = ['FailureBudgetExceeded', 'NoneSucceeded'];

/** The rollout's own notice announces that a wave goes on because its rollout was resumed. */
function waveNotice(event: Of<'WaveChanged'>): Notice | undefined {
  const { rolloutId, wave, status, about, reasons } = event.detail;
  const which = `The wave ${wave} of ${rolloutId}`;
  const look = `liftlock describe rollout ${rolloutId}`;
  switch (about) {
    case 'approval': {
      const isOf = (asked: string): boolean => reasons.some(({ code }) => code === asked);
      const voted = isOf('Rejected')
        ? 'was rejected'
        : isOf('Withdrawn')
          ? 'is rejected no more by who had rejected it'
          : 'was approved';
      return notice(event, `${which} ${voted}.`, because(reasons), `${NOTHING} To look: ${look}`);
    }
    case 'limits':
      return notice(event, `${which} has other limits.`, because(reasons), `${NOTHING} To look: ${look}`);
    case 'promotion':
      // A promotion skips the soak, or lets an undecided wave pass, which may soak then. The reason tells which.
      return notice(event, `${which} was promoted.`, because(reasons), NOTHING);
    case 'gates': {
      // An unknown code does not count as green.
      const green = reasons.every(({ code }) => code === 'Soaking');
      const of = `of the wave ${wave} of ${rolloutId}`;
      const what = green ? `The gates ${of} are green.` : `A gate ${of} is not green.`;
      const todo = `Look at what the gate watches. The wave waits by itself; to skip its soak: liftlock rollout promote ${rolloutId}`;
      return notice(event, what, because(reasons), green ? NOTHING : todo);
    }
    default:
      if (reasons.some(({ code }) => code === 'Resumed')) return undefined;
      return notice(event, `${which} is ${status}.`, waveWhy(status, reasons), waveTodo(rolloutId, status, reasons));
  }
}

const waveWhy = (status: string, reasons: readonly Reason[]): string =>
  reasons.length === 0 && status === 'Open' ? 'Everything that it waited for is there.' : because(reasons);

const waveTodo = (id: string, status: string, reasons: readonly Reason[]): string =>
  status === 'Undecided'
    ? `Look why so few were tried: liftlock describe rollout ${id}. An approver may let it pass: liftlock rollout promote ${id}.`
    : // A cluster that is taken back later halts its wave too, since a retry of another one would go on after it. Of an aborted rollout a retry is refused.
      `${rolloutTodo(id, status, reasons)}${status === 'Halted' ? ' Where the rollout has ended or was aborted, what goes on with a cluster is told by: liftlock explain cluster NAME' : ''}`;

type Of<Type extends LiftlockEvent['type']> = Extract<LiftlockEvent, { readonly type: Type }>;

/**
 * The texts about a change for a person. They are plain sentences without double quotes and backslashes, because EventBridge puts them unescaped into
 * the JSON of a mail (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
interface Notice {
  readonly what: string;
  readonly why: string;
  readonly todo: string;
  /** The same change has the same reference, so that a repeated message can be recognized. */
  readonly reference: string;
}

const NOTHING = 'Nothing.';

/** `change` of the event, or another text that is unique for it. */
function notice(event: LiftlockEvent, what: string, why: string, todo: string, reference?: string): Notice {
  const change = 'change' in event.detail ? event.detail.change : undefined;
  const plain = (text: string) => visibleLine(text).replaceAll('"', "'").replaceAll('\\', '⧵');
  return { what: plain(what), why: plain(why), todo: plain(todo), reference: reference ?? change ?? event.type };
}

function because(reasons: readonly Reason[]): string {
  return reasons.length === 0 ? 'No reason was given.' : reasons.map(({ message }) => message).join(' ');
}
