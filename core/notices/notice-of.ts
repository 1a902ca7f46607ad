import type { LiftlockEvent } from '../contracts/events.ts';
import { deadlineNotice, holdNotice, memberNotice, plannedChangeNotice, upgradeNotice } from './cluster-notices.ts';
import { NOTHING, type Notice, notice, type Of } from './notice.ts';
import { rolloutNotice, waveNotice } from './rollout-notices.ts';

/**
 * What people are told of an event; undefined = nothing. One change is told once: of events that one transaction leads to, one at most has
 * words of its own about the same thing (an upgrade that failed is told as the hold on its cluster).
 */
export function noticeOf(event: LiftlockEvent): Notice | undefined {
  switch (event.type) {
    case 'RolloutChanged':
      return rolloutNotice(event);
    case 'WaveChanged':
      return waveNotice(event);
    case 'MemberChanged':
      return memberNotice(event);
    case 'UpgradeChanged':
      return upgradeNotice(event);
    case 'ClusterHeld':
      return holdNotice(event);
    case 'SupportDeadlineApproaching':
      return deadlineNotice(event);
    case 'PlannedChangeApproaching':
      return plannedChangeNotice(event);
    case 'StepChanged':
      return undefined;
    case 'VersionAvailable': {
      const { region, kubernetesVersion } = event.detail;
      const what = `EKS offers Kubernetes ${kubernetesVersion} in ${region}.`;
      const todo = `${NOTHING} Policies with the trigger automatic plan it by themselves: liftlock get rollouts`;
      return notice(event, what, 'It was not offered there before.', todo, `${region}/${kubernetesVersion}`);
    }
    case 'BreakGlassChanged':
      return breakGlassNotice(event);
    case 'FleetStopped': {
      const { by, reason } = event.detail;
      return notice(event, `${by} stopped the whole fleet.`, reason, 'When it is safe: liftlock fleet resume');
    }
    case 'FleetResumed':
      return notice(event, `${event.detail.by} let the fleet go on.`, 'It was stopped.', NOTHING);
  }
}

function breakGlassNotice(event: Of<'BreakGlassChanged'>): Notice {
  const { of, status, by, comment, until } = event.detail;
  const reason = comment === undefined ? event.detail.reason : `${event.detail.reason} (${by}: ${comment})`;
  const [kind = '', name = '', , rollout] = of.split(' ');
  const verb = kind === 'wave' ? `wave ${rollout} ${name}` : `${kind} ${name}`;
  const end = `To end it: liftlock break-glass ${verb} --end`;
  switch (status) {
    case 'Opened':
      return notice(
        event,
        `${by} broke the glass of the ${of}: until ${until} no window and no freeze holds it.`,
        reason,
        end,
      );
    case 'Requested': {
      const todo = `Whoever agrees runs: liftlock break-glass ${verb} --reason WHY. ${end}`;
      return notice(
        event,
        `${by} asks to break the glass of the ${of} until ${until}; a second person has to agree.`,
        reason,
        todo,
      );
    }
    case 'Ended':
      return notice(event, `${by} mended the glass of the ${of}: its windows and freezes hold again.`, reason, NOTHING);
  }
}
