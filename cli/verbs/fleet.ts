import type { FleetStop } from '../../core/contracts/items/fleet-stop.ts';
import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import { sentence } from '../../core/model/words.ts';
import { capLimit } from '../../core/policy/caps.ts';
import { stopText } from '../../core/protocol/fleet-stops.ts';
import type { FleetStatus, TurnedSwitch } from '../../core/queries/fleet-status.ts';
import { EXIT } from '../command/failure.ts';
import { NO_REASON, type OutputOption, type ReasonOption, type Session } from '../command/session.ts';
import { facts, listed, print, shown } from '../output/print.ts';

export const switchFleet = (verb: 'stop' | 'resume') => async (session: Session, options: ReasonOption) => {
  const of = (await session.client()).v1.fleet;
  const { reason } = options;
  // The emergency switch must not fail because a reason is missing.
  const fleet = await (verb === 'stop'
    ? of.stop.$post({ json: { reason: reason ?? NO_REASON } })
    : of.resume.$post({ json: given({ reason }) }));
  return print(session, options.output, fleet, () => {
    if (!fleet.stopped) return [visible(resumedText(fleet.before))];
    const { underWay } = fleet;
    const upgrades = underWay === null ? 'they could not be read (liftlock fleet status)' : inFlightText(underWay);
    const told = `${stoppedText(fleet)} Upgrades: ${upgrades}. What acts parks at its next change, and a smoke check that runs looks on to its end; what is parked, watched clusters too, stays so until: liftlock fleet resume`;
    return [session.paint('red', visible(told))];
  });
};

/** A user who repeats a stop adds none, so the text mentions no further stop. */
function stoppedText({ before, stops }: Pick<TurnedSwitch, 'before' | 'stops'>): string {
  if (before.length === 0) return 'The fleet is stopped.';
  const beside = stops.length === before.length ? '' : ' Your stop stands beside that.';
  return `The fleet was stopped already: ${sentence(before.map(stopLine).join('; '))}${beside}`;
}

/** A resume lifts the stops of all users. */
function resumedText(lifted: readonly FleetStop[]): string {
  if (lifted.length === 0) return 'The fleet was not stopped, and goes on.';
  return `The fleet goes on. No more in force: ${sentence(lifted.map(stopLine).join('; '))}`;
}

const stopLine = (stop: FleetStop): string => `the stop of ${stop.at} by ${stopText(stop)}`;

/** Exit 4 when an account could not be read, because the inventory is incomplete then. */
export async function fleetStatus(session: Session, { output }: OutputOption) {
  const fleet = await (await session.client()).v1.fleet.$get();
  const unread = fleet.accounts.filter(({ status }) => status !== 'Ok');
  await print(session, output, fleet, () => text(session, fleet, unread));
  if (fleet.spec === null) session.io.err('No Fleet is applied. Run: liftlock apply -f fleet.yaml\n');
  if (unread.length > 0) session.io.err(`${unread.length} of ${placesText(fleet)} could not be read.\n`);
  return unread.length > 0 ? EXIT.incomplete : EXIT.ok;
}

/**
 * Upgrades that a rollout counts as in flight may be parked, which is shown separately. What the Fleet does not cap is counted too, since a policy may
 * cap it, and not told.
 */
export function inFlightText({
  spec,
  ...fleet
}: Pick<FleetStatus, `upgrades${'InFlight' | 'Parked' | 'Watched'}` | 'capCounts' | 'spec'>): string {
  const isCapped = ([key]: readonly [string, number]) => spec !== null && capLimit(key, spec) !== undefined;
  const caps = Object.entries(fleet.capCounts)
    .filter(isCapped)
    .map(([key, count]) => `${key}: ${count}`);
  const counted = caps.length === 0 ? '' : ` (${caps.join(', ')})`;
  return `${fleet.upgradesInFlight} act now${counted}, ${fleet.upgradesParked} parked, ${fleet.upgradesWatched} of those watched`;
}

export const placesText = ({ accounts: { length } }: FleetStatus): string =>
  length === 1 ? '1 account and Region' : `${length} accounts and Regions`;

function text({ paint }: Session, fleet: FleetStatus, unread: FleetStatus['accounts']): string[] {
  const tooText = (one: FleetStop) => `at ${one.at} by ${stopText(one)}`;
  const stop = `stopped by ${fleet.stoppedBy ?? 'somebody'} at ${fleet.stoppedAt}: ${fleet.stopReason ?? NO_REASON}`;
  return [
    ...facts([
      ['Mode', fleet.mode ?? 'no Fleet is applied'],
      ['Switch', fleet.stopped ? paint('red', visible(stop)) : 'on'],
      fleet.stoppedToo.length > 0 && ['Stopped too', visible(fleet.stoppedToo.map(tooText).join('; '))],
      ['Clusters', fleet.clusters],
      ['In flight', visible(inFlightText(fleet))],
      ['Accounts', `${placesText(fleet)}, ${unread.length} of them not readable`],
      ['Time zones', `data ${fleet.timeZoneData ?? 'not known'}`],
      ['Applied', fleet.appliedAt === null ? '-' : `${fleet.appliedAt} by ${shown(fleet.appliedBy)}`],
    ]),
    ...listed('Not readable', unread, (one) => `${one.account} ${one.region} ${one.status}: ${one.reason ?? ''}`),
  ];
}
