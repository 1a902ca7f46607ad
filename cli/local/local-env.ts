import { exportLines } from '../../simulator/cloud/export-lines.ts';
import { writeError, writeOut } from '../output/streams.ts';
import { EXIT } from '../verb.ts';
import { chooseCloud } from './choose-cloud.ts';

const PREFIX = 'liftlock-';

export interface LocalEnvironmentOptions {
  readonly port?: number;
  readonly account?: string;
  /** `approver`: who has the managed policy `liftlock-approver` of the hub, and nothing else. */
  readonly as?: string;
}

/** Prints the export lines of a local cloud that runs, for `eval`, as the administrator of its hub or of an account of the fleet, or as one of its people. */
export function localEnvironment({ port, account, as }: LocalEnvironmentOptions): number {
  const cloud = chooseCloud(port);
  if (typeof cloud === 'number') return cloud;
  const { hub, accounts, anchors, people } = cloud;
  if (account !== undefined && account !== hub.account && !accounts.includes(account)) {
    const known = [hub.account, ...accounts].join(', ');
    writeError(`liftlock: that local cloud has no account ${account}. It has ${known}.\n`);
    return EXIT.invalid;
  }
  const person = as === undefined ? undefined : `${PREFIX}${as}`;
  if (person !== undefined && !people.includes(person)) {
    const known = people.map((name) => name.replace(PREFIX, '')).join(', ');
    writeError(`liftlock: nobody in that local cloud is called ${as}. --as takes ${known}.\n`);
    return EXIT.invalid;
  }
  if (person !== undefined && account !== undefined && account !== hub.account) {
    writeError(`liftlock: ${as} is in the hub's account. Leave --account out.\n`);
    return EXIT.invalid;
  }
  const origin = `http://127.0.0.1:${cloud.port}`;
  const whose = { account: account ?? hub.account, ...(person === undefined ? {} : { as: person }) };
  const lines = exportLines({ origin, region: hub.region, anchors, ...whose });
  writeOut(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
