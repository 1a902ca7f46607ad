import { apiVersion } from '../../core/config/kinds.ts';
import { CONTRACT } from '../../core/contracts/step-input.ts';
import type { ExitCode } from '../command/failure.ts';
import { packageVersion } from '../command/package-version.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { print } from '../output/print.ts';

export async function version(session: Session, { output }: OutputOption): Promise<ExitCode> {
  const document = {
    version: await packageVersion(),
    config: apiVersion,
    contract: CONTRACT,
    node: process.versions.node,
    timeZoneData: process.versions.tz,
  };
  return print(session, output, document, () => [
    `liftlock ${document.version} (config ${apiVersion}, contract ${CONTRACT}, Node.js ${document.node}, time zones ${document.timeZoneData})`,
  ]);
}
