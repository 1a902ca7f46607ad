import { exportLines } from '../../simulator/cloud/export-lines.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeOut } from '../output/streams.ts';
import { chooseCloud } from './choose-cloud.ts';

/** Prints the export lines of a local cloud that runs, for `eval`, as the administrator of its hub or of an account of the fleet. */
export function localEnvironment({ port, account }: { readonly port?: number; readonly account?: string }): number {
  const cloud = chooseCloud(port);
  if (typeof cloud === 'number') return cloud;
  const { hub, accounts, anchors } = cloud;
  if (account !== undefined && account !== hub.account && !accounts.includes(account)) {
    const known = [hub.account, ...accounts].join(', ');
    writeError(`liftlock: that local cloud has no account ${account}. It has ${known}.\n`);
    return EXIT.invalid;
  }
  const origin = `http://127.0.0.1:${cloud.port}`;
  const lines = exportLines({ origin, region: hub.region, account: account ?? hub.account, anchors });
  writeOut(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
