import { because, NOTHING, type Notice, notice, type Of } from './notice.ts';

/** `shop (account 111111111111, eu-central-1)` */
const named = (detail: { readonly cluster: string; readonly account: string; readonly region: string }): string =>
  `${nameOf(detail)} (account ${detail.account}, ${detail.region})`;
const nameOf = ({ cluster }: { readonly cluster: string }): string => cluster.slice(cluster.lastIndexOf('/') + 1);

/** A cluster that is set aside is told; what comes back goes on without anybody, and who is left out was so by a person or is gone. */
export function memberNotice(event: Of<'MemberChanged'>): Notice | undefined {
  const { rolloutId, wave, status, reasons } = event.detail;
  if (status !== 'Quarantined') return undefined;
  const what = `The cluster ${named(event.detail)} is set aside in the wave ${wave} of ${rolloutId}.`;
  const todo = `Mend what is named; it comes back by itself. To look: liftlock explain cluster ${nameOf(event.detail)}`;
  return notice(event, what, because(reasons), todo);
}

/** Failures are told as what they lead to, the hold on the cluster; success and parking are in the reports. */
export function upgradeNotice(event: Of<'UpgradeChanged'>): Notice | undefined {
  const { from, to, status, reasons } = event.detail;
  if (status !== 'Blocked' && status !== 'Canceled') return undefined;
  const what = `The upgrade of ${named(event.detail)} from ${from} to ${to} is ${status}; nothing of it was begun or is left over.`;
  const name = nameOf(event.detail);
  const blocked = `Remove what blocks it, then: liftlock retry cluster ${name}`;
  return notice(event, what, because(reasons), status === 'Blocked' ? blocked : NOTHING);
}

export function holdNotice(event: Of<'ClusterHeld'>): Notice {
  const name = nameOf(event.detail);
  const what = `The cluster ${named(event.detail)} is held: nothing starts there until a person says so.`;
  const todo = `Look: liftlock describe cluster ${name}. Then try again (liftlock retry cluster ${name}) or only take the hold off (liftlock release cluster ${name}).`;
  return notice(event, what, because(event.detail.reasons), todo);
}

export function deadlineNotice(event: Of<'SupportDeadlineApproaching'>): Notice {
  const { cluster, kubernetesVersion, support, endsAt, daysLeft } = event.detail;
  const what = `The ${support} support of Kubernetes ${kubernetesVersion} on ${named(event.detail)} ends in ${daysLeft} days.`;
  const todo = `See when it will be upgraded, or why not: liftlock explain cluster ${nameOf(event.detail)}`;
  return notice(
    event,
    what,
    `EKS ends it at ${endsAt}.`,
    todo,
    `${cluster}/${kubernetesVersion}/${support}/${daysLeft}`,
  );
}

export function plannedChangeNotice(event: Of<'PlannedChangeApproaching'>): Notice {
  const { code, event: told, startsAt, daysLeft, clusterKey } = event.detail;
  const what = `AWS plans a change of ${named(event.detail)} in ${daysLeft} days: ${code}.`;
  const todo = `Read in AWS Health what it asks of you (${told}), and keep that time free of changes of your own.`;
  return notice(event, what, `It begins at ${startsAt}.`, todo, `${clusterKey}/${told}/${daysLeft}`);
}
