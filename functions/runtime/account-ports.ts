import { createAccountReader } from '../../adapters/aws/account-reader.ts';
import { createEc2Reader } from '../../adapters/aws/ec2-reader.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import type { AccountReader } from '../../core/ports/account.ts';
import type { Ec2Reader } from '../../core/ports/ec2.ts';
import type { PortContext, PortFactory } from './create-handler.ts';
import { sessionsOf, spokeEnvironment } from './eks-ports.ts';

const signed = (context: PortContext) => ({
  sessions: sessionsOf(context),
  clock: systemClock,
  sleep: systemSleep,
  endpointOf: (service: string) => process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env.AWS_ENDPOINT_URL,
});

/** What the accounts of clusters have beside EKS. */
export const ec2: PortFactory<Ec2Reader> = {
  environment: spokeEnvironment,
  create: (context) => createEc2Reader(signed(context)),
};

export const account: PortFactory<AccountReader> = {
  environment: spokeEnvironment,
  create: (context) => createAccountReader(signed(context)),
};
